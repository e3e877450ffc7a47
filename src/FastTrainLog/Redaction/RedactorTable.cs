using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Redaction;

/// <summary>Knows the redactor of each classification, as a log's options chose them.</summary>
/// <remarks>
/// A call on a logger of somebody else's, a composite one before all, cannot know where it ends: it is redacted as the log says that was
/// started last, of those that run and chose any redactor, and erased where there is none.
/// </remarks>
internal sealed class RedactorTable(IEnumerable<KeyValuePair<Type, Redactor>> chosen)
{
    private static readonly RedactorTable Erasing = new([]);
    private static readonly Lock Running = new();
    private static readonly List<RedactorTable> Tables = [];
    private static volatile RedactorTable _ofOthers = Erasing;

    private readonly Dictionary<Type, Redactor> _chosen = new(chosen);
    private readonly ConcurrentDictionary<Type, Redactor> _resolved = new();

    public static RedactorTable Of(ILogger? logger) => logger is TrainLogger own ? own.Pipeline.Redactors : _ofOthers;

    public Redactor For(Type classification) => _resolved.GetOrAdd(classification, static (type, chosen) => Resolve(type, chosen), _chosen);

    /// <summary>Makes the table that of other loggers, as long as none comes after it.</summary>
    public void Enter() => Change(() =>
    {
        if (_chosen.Count > 0)
        {
            Tables.Add(this);
        }
    });

    public void Leave() => Change(() => Tables.Remove(this));

    private static void Change(Action change)
    {
        lock (Running)
        {
            change();
            _ofOthers = Tables.Count > 0 ? Tables[^1] : Erasing;
        }
    }

    private static Redactor Resolve(Type classification, Dictionary<Type, Redactor> chosen)
    {
        for (Type? type = classification; type is not null; type = type.BaseType)
        {
            if (chosen.TryGetValue(type, out Redactor? redactor))
            {
                return redactor;
            }
        }

        return Redactor.Erase;
    }
}
