// Logs through a host's logger and an in-memory log, and says with which version of Microsoft's abstractions and of .NET it runs.
using System.Reflection;
using System.Runtime.InteropServices;
using FastTrainLog;
using FastTrainLog.Testing;
using Microsoft.Extensions.Logging;

using (ILoggerFactory factory = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Debug).AddFastTrainLog(log => log.LogDirectory = args[0])))
{
    Messages.Logged(factory.CreateLogger("any"), 1);
}

using var memory = new InMemoryLog();
Messages.Logged(memory.GetLogger("any"), 2);
if (memory.Single("Logged").Get<int>("Number") != 2)
{
    return 1;
}

Console.WriteLine($"Microsoft.Extensions.Logging.Abstractions {typeof(ILogger).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion} on {RuntimeInformation.FrameworkDescription}");
return 0;

internal static partial class Messages
{
    [TrainLog(1, LogLevel.Debug, "debug of the host {Number}")]
    public static partial void Logged(ILogger logger, int number);
}
