using FastTrainLog.Backend;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Sinks;

/// <summary>The sinks that the options ask for: a text file for each category, the errors of all, JSON lines, and the console.</summary>
internal static class StandardSinks
{
    public static List<SinkRoute> Create(TrainLogOptions options, LogDirectoryClaim? claim)
    {
        var routes = new List<SinkRoute>();
        try
        {
            if (options.EnableFileLogging)
            {
                foreach (string category in LogCategories.All)
                {
                    AddFile(routes, options, claim!.NameOf(category, ".log"), json: false, TextFilter(category));
                }
            }

            if (options.EnableJsonLogging)
            {
                AddFile(routes, options, claim!.NameOf("system", ".json"), json: true, static (in LogRecord record) => record.Category == LogCategories.System);
                AddFile(routes, options, claim!.NameOf("run", ".jsonl"), json: true, filter: null);
            }

            if (options.EnableConsoleLogging)
            {
                routes.Add(new SinkRoute("console", new ConsoleSink(), options.ConsoleFilter));
            }

            foreach (SinkRegistration sink in options.Sinks)
            {
                routes.Add(new SinkRoute(sink.Name, sink.Sink, sink.Filter));
            }
        }
        catch
        {
            routes.ForEach(route => route.Dispose());
            throw;
        }

        return routes;
    }

    private static void AddFile(List<SinkRoute> routes, TrainLogOptions options, string name, bool json, RecordFilter? filter)
    {
        string path = Path.Combine(options.LogDirectory, name);
        routes.Add(new SinkRoute(name, new RollingFileSink(path, json, options.MaxFileSize, options.BackupCount), filter));
    }

    private static RecordFilter TextFilter(string category) => category switch
    {
        LogCategories.Errors => static (in LogRecord record) => record.Level >= LogLevel.Warning || record.Category == LogCategories.Errors,
        // Categories of the user's own have no file of theirs, so main.log takes them.
        LogCategories.Main => static (in LogRecord record) =>
            record.Category == LogCategories.Main || Array.IndexOf(LogCategories.All, record.Category) < 0,
        _ => (in LogRecord record) => record.Category == category,
    };
}
