using FastTrainLog.Backend;
using FastTrainLog.Files;
using FastTrainLog.Journals;
using FastTrainLog.Monitoring;
using FastTrainLog.Monitoring.Terminal;
using FastTrainLog.Sinks;
using Microsoft.Extensions.Logging;

namespace FastTrainLog;

/// <summary>The sinks that the options ask for: a text file for each category, the errors of all, JSON lines, and the console.</summary>
internal static class StandardSinks
{
    private const string TextExtension = ".log";
    private const string SystemJson = "system.json";
    private const string RunJson = "run.jsonl";

    /// <summary>Returns whether a file is one that the log itself writes.</summary>
    public static bool IsOwn(string file) =>
        file is SystemJson or RunJson || Array.Exists(LogCategories.All, category => file == category + TextExtension);

    /// <summary>Returns the names of all files that a log with these options may write.</summary>
    public static LogFileNames NamesOf(TrainLogOptions options) => new(FilesOf(options));

    /// <summary>Gets the names of the files that are the record of a run: kept whole and compressed, unless the options say otherwise, and reduced where there is no room.</summary>
    public static LogFileNames RecordsOfRuns { get; } = new([RunJson]);

    /// <summary>Returns the file for whose sake a log with these options may come to write the file of a category of the user's own itself; null if there is none.</summary>
    public static string? FindCollision(TrainLogOptions options, string categoryFile) =>
        FilesOf(options).FirstOrDefault(file => (IsOwn(file) || file != categoryFile) && LogFileNames.MayCollide(file, categoryFile));

    private static IEnumerable<string> FilesOf(TrainLogOptions options) =>
        [.. LogCategories.All.Select(category => category + TextExtension), SystemJson, RunJson, .. options.CategoryFiles.Values];

    /// <summary>Returns the files that a log with these options writes, under the names of the first log of a directory.</summary>
    public static IEnumerable<LogFileDescription> DescriptionsOf(TrainLogOptions options)
    {
        if (options.EnableFileLogging)
        {
            foreach (string category in LogCategories.All)
            {
                string name = category + TextExtension;
                yield return category switch
                {
                    LogCategories.Errors => new LogFileDescription(name, name, false, LogFileRecords.Errors, []),
                    // Custom categories go here, unless they have their own file.
                    LogCategories.Main => new LogFileDescription(name, name, false, LogFileRecords.Rest, [.. options.CategoryFiles.Keys]),
                    _ => new LogFileDescription(name, name, false, LogFileRecords.Category, [category]),
                };
            }

            foreach (IGrouping<string, string> file in options.CategoryFiles.GroupBy(entry => entry.Value, entry => entry.Key))
            {
                yield return new LogFileDescription(file.Key, file.Key, false, LogFileRecords.Categories, [.. file]);
            }
        }

        if (options.EnableJsonLogging)
        {
            yield return new LogFileDescription(SystemJson, SystemJson, true, LogFileRecords.Category, [LogCategories.System]);
            yield return new LogFileDescription(RunJson, RunJson, true, LogFileRecords.All, []);
        }
    }

    /// <summary>Opens the sinks.</summary>
    /// <param name="options">The options.</param>
    /// <param name="claim">The claim on the names of the log's files; null if it has none.</param>
    /// <param name="mark">The number of the log directory; null if it has none.</param>
    /// <param name="isDirect">Whether a record reached the log without the loggers of a host.</param>
    public static List<SinkRoute> Create(TrainLogOptions options, LogDirectoryClaim? claim, Guid? mark, RecordFilter isDirect)
    {
        var routes = new List<SinkRoute>();
        try
        {
            foreach (LogFileDescription file in DescriptionsOf(options))
            {
                AddFile(routes, options, claim!, file, mark);
            }

            if (options.EnableConsoleLogging)
            {
                routes.Add(new SinkRoute("console", CreateConsole(options, claim), options.ConsoleFilter));
            }

            if (options is { ForwardToProviders: true, HostLoggers: { } hosts })
            {
                routes.Add(new SinkRoute("providers of the host", new HostForwardingSink(hosts), isDirect));
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

    private static ILogSink CreateConsole(TrainLogOptions options, LogDirectoryClaim? claim)
    {
        if (options.ConsoleView == ConsoleView.Records)
        {
            return new ConsoleSink();
        }

        string? NameOf(bool isWritten, string file) => isWritten ? claim!.NameOf(Path.GetFileNameWithoutExtension(file), Path.GetExtension(file)) : null;
        var place = new LogPlace(options.LogDirectory, NameOf(options.EnableFileLogging, LogCategories.Errors + TextExtension), NameOf(options.EnableJsonLogging, RunJson));
        return new ProgressConsoleSink(LiveScreen.OfProcess, place is { Errors: null, Records: null } ? null : place, filter: null);
    }

    private static void AddFile(List<SinkRoute> routes, TrainLogOptions options, LogDirectoryClaim claim, LogFileDescription file, Guid? mark)
    {
        string name = claim.NameOf(Path.GetFileNameWithoutExtension(file.Name), Path.GetExtension(file.Name));
        RecordFilter? filter = DescribedFilter.Of(file, options.FileFilters.TryGetValue(file.Name, out RecordFilter? users) ? users : null);
        var sink = new RollingFileSink(Path.Combine(options.LogDirectory, name), file.IsJson, options.MaxFileSize, options.BackupCountOf(file.Name), options.RotationInterval, options.BackupFormatOf(file.Name), options.FileMode, file with { Path = name });
        sink.File.BeforeMadeAnew = () => claim.Renew(mark);
        sink.File.BeforeWritten = claim.RequireNote;
        routes.Add(new SinkRoute(name, sink, filter));
    }
}
