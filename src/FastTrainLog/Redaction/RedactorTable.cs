using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Redaction;

/// <summary>The redactors of each classification, as set in a log's options.</summary>
/// <remarks>
/// A call on a logger of another system, such as a composite one, cannot know its destination: it is redacted by the log that was
/// started last among the running ones that set any redactor, and erased if there is none.
/// </remarks>
internal sealed class RedactorTable(IEnumerable<KeyValuePair<Type, Redactor>> chosen)
{
    private static readonly RedactorTable Erasing = new([]);
    private static readonly Lock Running = new();
    private static readonly List<RedactorTable> Tables = [];
    private static volatile RedactorTable _ofOthers = Erasing;

    private readonly Dictionary<Type, Redactor> _chosen = new(chosen);
    private readonly ConcurrentDictionary<Type, Redactor> _resolved = new();

    public static RedactorTable Of(ILogger? logger) => logger is IRedactingLogger own ? own.Redactors : _ofOthers;

    public Redactor For(Type classification) => _resolved.GetOrAdd(classification, static (type, chosen) => Resolve(type, chosen), _chosen);

    /// <summary>Makes this the table for other loggers, until a later one replaces it.</summary>
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
