using Xunit;

namespace FastTrainLog.Tests.Docs;

[Collection(UndisturbedCollection.Name)]
public sealed class ReadmeTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ftl-readme-").FullName;

    [Fact]
    public void The_loop_of_the_README_trains_and_logs_every_step()
    {
        string before = Environment.CurrentDirectory;
        try
        {
            Environment.CurrentDirectory = _directory;
            Assert.Equal(3.0, TenLines.Train(), 1e-3);
            Assert.Equal(1000, File.ReadLines(Path.Combine(_directory, "logs", "training_progress.log")).Count(line => line.Contains("Step ")));
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    [Fact]
    public void The_message_of_the_README_reaches_its_file()
    {
        using (TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging) = (_directory, false)))
        {
            OwnMessage.Log(logging);
        }

        Assert.EndsWith("MAIN - INFO - Epoch 3 made 5000 images in 1.2 s", Assert.Single(File.ReadAllLines(Path.Combine(_directory, "main.log"))));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
