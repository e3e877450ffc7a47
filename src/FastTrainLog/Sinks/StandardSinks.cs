using FastTrainLog.Backend;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Sinks;

/// <summary>The sinks that the options ask for: a text file for each category, the errors of all, JSON lines, and the console.</summary>
internal static class StandardSinks
{
    private const string TextExtension = ".log";
    private const string SystemJson = "system.json";
    private const string RunJson = "run.jsonl";

    /// <summary>Returns whether a file is one that the log writes by itself.</summary>
    public static bool IsOwn(string file) =>
        file is SystemJson or RunJson || Array.Exists(LogCategories.All, category => file == category + TextExtension);

    /// <summary>Returns the names of all files that a log with these options may write.</summary>
    public static LogFileNames NamesOf(TrainLogOptions options) =>
        new([.. LogCategories.All.Select(category => category + TextExtension), SystemJson, RunJson, .. options.CategoryFiles.Values]);

    public static List<SinkRoute> Create(TrainLogOptions options, LogDirectoryClaim? claim)
    {
        var routes = new List<SinkRoute>();
        try
        {
            if (options.EnableFileLogging)
            {
                foreach (string category in LogCategories.All)
                {
                    AddFile(routes, options, claim!, $"{category}{TextExtension}", json: false, TextFilter(category, options));
                }

                foreach (IGrouping<string, string> file in options.CategoryFiles.GroupBy(entry => entry.Value, entry => entry.Key))
                {
                    AddFile(routes, options, claim!, file.Key, json: false, RecordFilters.Category([.. file]));
                }
            }

            if (options.EnableJsonLogging)
            {
                AddFile(routes, options, claim!, SystemJson, json: true, static (in LogRecord record) => record.Category == LogCategories.System);
                AddFile(routes, options, claim!, RunJson, json: true, filter: null);
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
            routes.ForEach(route => route.DisposeSink());
            throw;
        }

        return routes;
    }

    private static void AddFile(List<SinkRoute> routes, TrainLogOptions options, LogDirectoryClaim claim, string file, bool json, RecordFilter? filter)
    {
        if (options.FileFilters.TryGetValue(file, out RecordFilter? users))
        {
            filter = filter is null ? users : RecordFilters.All(filter, users);
        }

        string name = claim.NameOf(Path.GetFileNameWithoutExtension(file), Path.GetExtension(file));
        string path = Path.Combine(options.LogDirectory, name);
        var sink = new RollingFileSink(path, json, options.MaxFileSize, options.BackupCount, options.RotationInterval);
        sink.File.BeforeMadeAnew = claim.Renew;
        routes.Add(new SinkRoute(name, sink, filter));
    }

    private static RecordFilter TextFilter(string category, TrainLogOptions options) => category switch
    {
        LogCategories.Errors => RecordFilters.Errors,
        // Categories of the user's own go here, unless they have a file of theirs.
        LogCategories.Main => RecordFilters.Any(
            static (in LogRecord record) => record.Category == LogCategories.Main,
            RecordFilters.Not(RecordFilters.Any(
                static (in LogRecord record) => Array.IndexOf(LogCategories.All, record.Category) >= 0,
                RecordFilters.Category([.. options.CategoryFiles.Keys])))),
        _ => (in LogRecord record) => record.Category == category,
    };
}
