using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using FastTrainLog.Tests.Pipeline;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Platform;

/// <summary>The library as a part of a plug-in.</summary>
public sealed class PluginContextTests
{
    [Fact]
    public void A_plug_in_that_has_logged_can_be_unloaded()
    {
        using var directory = new TemporaryDirectory();
        WeakReference plugin = LogAndUnload(directory.Path);
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return !plugin.IsAlive;
            },
            TimeSpan.FromMinutes(2)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference LogAndUnload(string directory)
    {
        var plugin = new AssemblyLoadContext("plug-in", isCollectible: true);
        System.Reflection.Assembly library = plugin.LoadFromAssemblyPath(typeof(TrainLogging).Assembly.Location);
        Type Of(Type type) => library.GetType(type.FullName!)!;
        object Make(Type type, params (string Name, object Value)[] values)
        {
            object made = Activator.CreateInstance(Of(type))!;
            Array.ForEach(values, value => made.GetType().GetProperty(value.Name)!.SetValue(made, value.Value));
            return made;
        }

        object options = Make(typeof(TrainLogOptions), (nameof(TrainLogOptions.LogDirectory), directory), (nameof(TrainLogOptions.EnableConsoleLogging), false));
        object logging = Of(typeof(TrainLogging)).GetMethod(nameof(TrainLogging.Create), [options.GetType()])!.Invoke(null, [options])!;
        var logger = (ILogger)logging.GetType().GetMethod(nameof(TrainLogging.GetLogger), [typeof(string)])!.Invoke(logging, [LogCategories.Main])!;
        void Log()
        {
            using Activity activity = new Activity("plug-in's").Start();
            using IDisposable? scope = logger.BeginScope("scope");
            for (int i = 0; i < 2000; i++)
            {
                logger.LogInformation("number {Number} {Text}", i, "some text that fills pages");
            }
        }

        Log();
        var thread = new Thread(Log);
        thread.Start();
        thread.Join();
        object runOptions = Make(
            typeof(TrainingRunOptions), (nameof(TrainingRunOptions.Model), "M"), (nameof(TrainingRunOptions.TotalSteps), 1L), (nameof(TrainingRunOptions.BatchSize), 1));
        object run = Of(typeof(TrainingRun)).GetMethods().Single(method => method.Name == nameof(TrainingRun.Start) && method.GetParameters()[0].ParameterType == logging.GetType())
            .Invoke(null, [logging, runOptions])!;
        ((IDisposable)run).Dispose();
        Of(typeof(SuppressedCalls)).GetMethod(nameof(SuppressedCalls.Report), [])!.Invoke(null, []);
        ((IDisposable)logging).Dispose();
        plugin.Unload();
        return new WeakReference(plugin);
    }
}
