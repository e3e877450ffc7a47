using FastTrainLog.Control;
using FastTrainLog.Tests.Pipeline;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Docs;

public sealed class ControlExampleTests
{
    [Fact]
    public async Task The_program_of_the_document_is_steered_by_the_one_beside_it()
    {
        using var directory = new TemporaryDirectory();
        using TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging) = (directory.Path, false));
        int saved = 0;
        var paces = new SemaphoreSlim(2);
        double used = 0;
        Task<RunSummary> training = Task.Run(
            () => ControlExamples.Train(
                logging,
                learningRate =>
                {
                    paces.Wait();
                    Volatile.Write(ref used, learningRate);
                    return 1.0;
                },
                _ => Interlocked.Increment(ref saved),
                CancellationToken.None),
            TestContext.Current.CancellationToken);
        IReadOnlyList<ControlledRun> runs = [];
        while (runs is not [{ Status.Step: 2 }])
        {
            runs = await ControlledRun.FindAsync(directory.Path, TestContext.Current.CancellationToken);
        }

        await ControlExamples.Steer(directory.Path);
        Assert.True((await runs[0].SendAsync(ControlCommand.Checkpoint, TestContext.Current.CancellationToken)).Accepted);
        paces.Release();
        while (Volatile.Read(ref saved) == 0)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        paces.Release();
        while (Volatile.Read(ref used) != 0.0005)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        Assert.True((await runs[0].SendAsync(ControlCommand.Stop, TestContext.Current.CancellationToken)).Accepted);
        paces.Release(10);
        Assert.Equal(RunOutcome.Stopped, (await training).Outcome);
    }
}
