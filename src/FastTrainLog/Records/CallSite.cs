using System.ComponentModel;
using System.Text;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Records;

/// <summary>The static description of one attributed method: what its records have in common and need not carry.</summary>
/// <remarks>Generated code makes one per method and keeps it for the life of the process. Instances are immutable and safe to share between threads.</remarks>
public sealed class CallSite
{
    /// <summary>The level of a call site whose records carry their level as their first byte.</summary>
    public const LogLevel LevelInRecord = (LogLevel)255;

    /// <summary>The level of the one call site whose records tell what those behind them were made within.</summary>
    internal const LogLevel ContextLevel = (LogLevel)254;

    private static readonly Lock Registration = new();
    private static readonly List<Action<CallSite>> Observers = [];
    private static CallSite[] Registered = [];

    private readonly CallSiteArgument[] _arguments;

    /// <summary>Initializes the description of a call site and gives it its identifier in this process.</summary>
    /// <param name="level">The level, or <see cref="LevelInRecord"/>.</param>
    /// <param name="eventId">The event's numeric identifier.</param>
    /// <param name="eventName">The event's name.</param>
    /// <param name="template">The message template.</param>
    /// <param name="arguments">The arguments, in the order in which a record stores them.</param>
    public CallSite(LogLevel level, int eventId, string eventName, string template, params CallSiteArgument[] arguments)
        : this(new EventId(eventId, eventName), level, template, arguments, isFormatted: false)
    {
        Register();
    }

    /// <summary>Initializes the description of a call site of a process that is no more; without <see cref="Register"/> it has no identifier in this one.</summary>
    internal CallSite(EventId eventId, LogLevel level, string template, CallSiteArgument[] arguments, bool isFormatted)
    {
        Level = level;
        EventId = eventId;
        IsFormatted = isFormatted;
        _arguments = arguments;
        Template = Records.MessageTemplate.Parse(template, arguments);
        Offsets = Backend.RecordDecoder.FixedOffsets(arguments);
        ExceptionArgument = Array.FindIndex(arguments, a => a.Kind == ArgumentKind.Exception);
        StepArgument = Array.FindIndex(arguments, a => a.Kind is ArgumentKind.Int64 or ArgumentKind.Int32 && a.Name.Equals("Step", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Gets the level that the call site logs at, or <see cref="LevelInRecord"/>.</summary>
    public LogLevel Level { get; }

    /// <summary>Gets the identifier and name of the event.</summary>
    public EventId EventId { get; }

    /// <summary>Gets the message template as it was written.</summary>
    public string MessageTemplate => Template.Text;

    /// <summary>Gets the arguments, in the order in which a record stores them.</summary>
    public ReadOnlySpan<CallSiteArgument> Arguments => _arguments;

    /// <summary>Gets the identifier of the call site in this process.</summary>
    internal int Id { get; private set; }

    /// <summary>Gets the bits that the first word of each of the call site's records has; generated code keeps them as a constant, which spares a call the look at this object.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ulong HeaderBits { get; private set; }

    internal MessageTemplate Template { get; }

    /// <summary>Gets where each argument stands in every record, in bytes from its start; null where that differs from record to record.</summary>
    internal int[]? Offsets { get; }

    /// <summary>Gets the index of the argument that is the record's exception, or -1.</summary>
    internal int ExceptionArgument { get; }

    /// <summary>Gets the index of the argument that says which step the record is of, or -1.</summary>
    internal int StepArgument { get; }

    /// <summary>Gets or sets the parts of a JSON line that are the same for each record of this call site; made by the backend at first use.</summary>
    internal Formatting.JsonSite? Json { get; set; }

    /// <summary>Tells an observer of every call site: of those that there are at once, of later ones when they come.</summary>
    internal static void Observe(Action<CallSite> observer)
    {
        lock (Registration)
        {
            Array.ForEach(Registered, observer);
            Observers.Add(observer);
        }
    }

    internal static void Forget(Action<CallSite> observer)
    {
        lock (Registration)
        {
            Observers.Remove(observer);
        }
    }

    /// <summary>Gives the call site its identifier in this process.</summary>
    internal CallSite Register()
    {
        lock (Registration)
        {
            Id = Registered.Length;
            HeaderBits = (ulong)(uint)Id << RecordLayout.CallSiteShift;
            // Before any record of it can be committed: a recovery must find what the record means.
            Observers.ForEach(observer => observer(this));
            // Copy on write: the backend reads the array without a lock.
            Volatile.Write(ref Registered, [.. Registered, this]);
        }
        return this;
    }

    internal static CallSite FromId(int id) => Volatile.Read(ref Registered)[id];

    /// <summary>Gets whether records carry a message formatted at the call, as <see cref="Frontend.FormattedRecord"/> writes them.</summary>
    internal bool IsFormatted { get; }

    internal static int Count => Volatile.Read(ref Registered).Length;
}
