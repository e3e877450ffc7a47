using System.ComponentModel;
using System.Text;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Records;

/// <summary>The static description of one attributed method: what its records have in common and do not store.</summary>
/// <remarks>Generated code creates one per method and keeps it for the lifetime of the process. Instances are immutable and safe to share between threads.</remarks>
public sealed class CallSite
{
    /// <summary>The level of a call site whose records store their level in their first byte.</summary>
    public const LogLevel LevelInRecord = (LogLevel)255;

    /// <summary>The level of the one call site whose records hold the context of the records after them.</summary>
    internal const LogLevel ContextLevel = (LogLevel)254;

    private static readonly Lock Registration = new();
    private static readonly List<Action<CallSite>> Observers = [];
    private static CallSite[] Registered = [];

    private readonly CallSiteArgument[] _arguments;
    private string[]? _leads;

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

    /// <summary>Initializes the description of a call site of a process that has ended; without <see cref="Register()"/> it has no identifier in this one.</summary>
    internal CallSite(EventId eventId, LogLevel level, string template, CallSiteArgument[] arguments, bool isFormatted)
    {
        Level = level;
        EventId = eventId;
        IsFormatted = isFormatted;
        _arguments = arguments;
        Template = Records.MessageTemplate.Parse(template, arguments);
        Offsets = RecordDecoder.FixedOffsets(arguments);
        Fields = [.. Enumerable.Range(0, arguments.Length).Where(i => isFormatted || IsField(arguments[i]))];
        HasTexts = Array.Exists(arguments, static a => a.Kind is ArgumentKind.String or ArgumentKind.Text or ArgumentKind.Exception or ArgumentKind.Properties);
        ExceptionArgument = Array.FindIndex(arguments, a => a.Kind == ArgumentKind.Exception);
        StepArgument = Array.FindIndex(arguments, static a => IsStep(a.Name, a.Kind));
        TrainingStepArgument = TrainingStep.NumberArgument(arguments);
        PhaseArgument = TrainingStep.PhaseArgument(arguments);
    }

    /// <summary>Describes a call site whose arguments are the placeholders of its template, and gives it its identifier in this process; generated code uses it.</summary>
    /// <param name="level">The level.</param>
    /// <param name="eventId">The event's numeric identifier.</param>
    /// <param name="eventName">The event's name.</param>
    /// <param name="template">The message template.</param>
    /// <param name="kinds">The binary forms of the placeholders, in their order.</param>
    /// <param name="exception">The name of the exception that follows them in a record; null if there is none.</param>
    /// <returns>Its <see cref="HeaderBits"/>.</returns>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static ulong Register(LogLevel level, int eventId, string eventName, string template, ReadOnlySpan<ArgumentKind> kinds, string? exception = null) =>
        new CallSite(level, eventId, eventName, template, ArgumentsOf(template, kinds, exception)).HeaderBits;

    /// <summary>Describes a call site and gives it its identifier in this process; generated code uses it.</summary>
    /// <param name="level">The level, or <see cref="LevelInRecord"/>.</param>
    /// <param name="eventId">The event's numeric identifier.</param>
    /// <param name="eventName">The event's name.</param>
    /// <param name="template">The message template.</param>
    /// <param name="arguments">The arguments, in the order in which a record stores them.</param>
    /// <returns>Its <see cref="HeaderBits"/>.</returns>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static ulong Register(LogLevel level, int eventId, string eventName, string template, params CallSiteArgument[] arguments) =>
        new CallSite(level, eventId, eventName, template, arguments).HeaderBits;

    /// <summary>Returns a call site of this process.</summary>
    /// <param name="headerBits">Its <see cref="HeaderBits"/>.</param>
    /// <returns>The call site.</returns>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static CallSite Of(ulong headerBits) => FromId(RecordLayout.CallSiteId(headerBits));

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

    /// <summary>Gets the bits of the first word of each of the call site's records; generated code keeps them as a constant, so that a call does not read this object.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ulong HeaderBits { get; private set; }

    internal MessageTemplate Template { get; }

    /// <summary>Gets the literal text before each placeholder of the template, for messages that are made of UTF-16.</summary>
    internal string[] Leads => _leads ??= [.. Template.Parts.Select(static part => Encoding.UTF8.GetString(part.Lead.Text))];

    /// <summary>Gets where each argument is in every record, in bytes from its start; null if that differs from record to record.</summary>
    internal int[]? Offsets { get; }

    /// <summary>Gets the indexes of the arguments that are fields of the record: not its level, nor its exception, nor a further text of an argument whose placeholders have several formats.</summary>
    internal int[] Fields { get; }

    /// <summary>Gets whether its records have texts.</summary>
    internal bool HasTexts { get; }

    /// <summary>Gets the index of the argument that is the record's exception, or -1.</summary>
    internal int ExceptionArgument { get; }

    /// <summary>Gets the index of the argument with the record's step, or -1.</summary>
    internal int StepArgument { get; }

    /// <summary>Gets the index of the argument with the number of a step of the training, or -1.</summary>
    internal int TrainingStepArgument { get; }

    /// <summary>Gets the index of the argument with the record's phase, or -1.</summary>
    internal int PhaseArgument { get; }

    /// <summary>Reports every call site to an observer: the existing ones at once, later ones when they are registered.</summary>
    internal static void Observe(Action<CallSite> observer)
    {
        lock (Registration)
        {
            Array.ForEach(Registered, observer);
            Observers.Add(observer);
        }
    }

    /// <summary>Returns whether a value is the step at which its record stands, which need not be a step of the training.</summary>
    internal static bool IsStep(string name, ArgumentKind kind) => kind is ArgumentKind.Int64 or ArgumentKind.Int32 && name.Equals("Step", StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns whether its records have the arguments of another call site, perhaps by other names.</summary>
    internal bool HasArgumentsOf(CallSite known) =>
        _arguments.Length == known._arguments.Length
        && _arguments.Zip(known._arguments).All(static pair => pair.First.Kind == pair.Second.Kind && pair.First.IsNullable == pair.Second.IsNullable);

    private static CallSiteArgument[] ArgumentsOf(string template, ReadOnlySpan<ArgumentKind> kinds, string? exception)
    {
        var names = new List<string>();
        _ = Records.MessageTemplate.ParseOpen(template, names);
        var arguments = new List<CallSiteArgument>();
        for (int i = 0; i < kinds.Length; i++)
        {
            arguments.Add(new CallSiteArgument(names[i], kinds[i]));
        }

        if (exception is not null)
        {
            arguments.Add(new CallSiteArgument(exception, ArgumentKind.Exception));
        }

        return [.. arguments];
    }

    private static bool IsField(CallSiteArgument argument) => argument.Kind != ArgumentKind.Exception && !argument.Name.StartsWith('{');

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
            // Before any record of it can be committed: a recovery must find the record's description.
            Observers.ForEach(observer => observer(this));
            // Copy on write: the backend reads the array without a lock.
            Volatile.Write(ref Registered, [.. Registered, this]);
        }
        return this;
    }

    internal static CallSite FromId(int id) => Volatile.Read(ref Registered)[id];

    /// <summary>Gets whether records carry a message formatted at the call, as <see cref="FormattedSite"/> describes them.</summary>
    internal bool IsFormatted { get; }

    /// <summary>Gets whether the call site has an identifier in this process.</summary>
    internal bool IsRegistered
    {
        get
        {
            CallSite[] registered = Volatile.Read(ref Registered);
            return (uint)Id < (uint)registered.Length && ReferenceEquals(registered[Id], this);
        }
    }

    internal static int Count => Volatile.Read(ref Registered).Length;
}
