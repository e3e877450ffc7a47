using System.Text.Json;
using FastTrainLog.Files;

namespace FastTrainLog.Dashboard.Alerts;

/// <summary>The rules of alerts, from the file of alerts and from the page, and what they have told. Thread-safe.</summary>
/// <remarks>
/// The rules of the page are kept in the first directory, so that they hold for whoever shows it next. They tell pages and the log of the host only: a page must not be able to start a
/// program, or to send requests to addresses that only this machine reaches.
/// </remarks>
internal sealed class AlertBook
{
    public const string FileName = ".fasttrainlog.alerts.json";
    private const int MostRaised = 200;
    private const int MostOfPage = 100;
    private const int LongestText = 200;

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly List<RaisedAlert> _raised = [];

    /// <exception cref="ArgumentException">The file of rules that the options name cannot be read, or one of its rules is invalid.</exception>
    public AlertBook(DashboardOptions options)
    {
        OfFile = options.AlertFile is { } file ? AlertRules.Read(file).Rules : [];
        _path = Path.Combine(options.Directories[0], FileName);
        try
        {
            OfPage = FileSystem.StatusAt(_path) switch
            {
                null => [],
                { Kind: FileKind.Regular } => AlertRules.Read(_path, mayBeEmpty: true).Rules,
                _ => throw new ArgumentException($"'{_path}' is no regular file."),
            };
        }
        catch (ArgumentException exception)
        {
            // Nobody gave this file to the command, so it is no reason to show nothing of the runs.
            OfPage = [];
            Fault = $"{exception.Message} None of its rules hold, and it stays as it is: correct or delete it, and start the dashboard again.";
        }
    }

    /// <summary>Gets the rules of the file.</summary>
    public IReadOnlyList<AlertRule> OfFile { get; }

    /// <summary>Gets the rules of the page.</summary>
    public IReadOnlyList<AlertRule> OfPage { get; private set; }

    /// <summary>Gets what is wrong with the file of the page's rules, and what to do, or null. Such a file is not written to.</summary>
    public string? Fault { get; }

    /// <summary>Gets whether the rules of the page could be written; if not, they last as long as this process.</summary>
    public bool IsKept { get; private set; } = true;

    /// <summary>Gets all rules.</summary>
    public IEnumerable<AlertRule> All => OfFile.Concat(OfPage);

    /// <summary>Gets how many alerts there were.</summary>
    public long Count { get; private set; }

    /// <summary>Returns the last alerts.</summary>
    public IReadOnlyList<RaisedAlert> Raised()
    {
        lock (_lock)
        {
            return [.. _raised];
        }
    }

    /// <summary>Notes an alert.</summary>
    public void Raise(string key, Alert alert)
    {
        lock (_lock)
        {
            Count++;
            _raised.Add(new RaisedAlert(Count, key, alert));
            if (_raised.Count > MostRaised)
            {
                _raised.RemoveAt(0);
            }
        }
    }

    /// <summary>Adds and removes rules of the page.</summary>
    /// <returns>What is wrong with them, or null.</returns>
    public string? Change(AlertChange change)
    {
        if (change.Add is { } added)
        {
            string? fault = AlertRules.FaultOf(added)
                ?? (added.Webhook is not null || added.Command is not null ? "a rule of the page has no 'webhook' and no 'command': write it into the file of alerts." : null)
                ?? (new[] { added.Name, added.Series }.Any(text => text?.Length > LongestText) ? $"'name' and 'series' have at most {LongestText} characters." : null);
            if (fault is not null)
            {
                return fault;
            }
        }

        lock (_lock)
        {
            string[] gone = [TextOf(change.Add), TextOf(change.Remove)];
            List<AlertRule> rules = [.. OfPage.Where(rule => !gone.Contains(TextOf(rule)))];
            if (change.Add is not null)
            {
                rules.Add(change.Add);
            }

            if (rules.Count > MostOfPage)
            {
                return $"the page may have at most {MostOfPage} rules.";
            }

            OfPage = rules;
            IsKept = Fault is null && TryWrite(rules);
        }

        return null;
    }

    private static string TextOf(AlertRule? rule) => rule is null ? string.Empty : JsonSerializer.Serialize(rule, AlertJson.Default.AlertRule);

    // Renamed into its place, so that nobody reads half of it, and a link there is replaced instead of followed.
    private bool TryWrite(List<AlertRule> rules)
    {
        string written = $"{_path}.{Path.GetRandomFileName()}";
        try
        {
            using (var file = new FileStream(written, FileMode.CreateNew, FileAccess.Write))
            {
                JsonSerializer.Serialize(file, new AlertRules(rules), AlertJson.Default.AlertRules);
            }

            File.Move(written, _path, overwrite: true);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
