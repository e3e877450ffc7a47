using System.Collections;
using System.Collections.Concurrent;
using System.ComponentModel;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Records;

/// <summary>A call of which not all values could be read: a property threw. Generated code then reads them one by one, and logs a text in place of each that throws.</summary>
/// <remarks>The record has the same layout as the method's other records, except for the kinds of its values. Not thread-safe.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class PartialCall : IReadOnlyList<KeyValuePair<string, object?>>
{
    // Different values may fail in different calls, and the description of a call site is kept for ever.
    private const int MostShapes = 1024;

    private static readonly ConcurrentDictionary<(CallSite Site, string Kinds), CallSite> Shapes = [];

    private readonly CallSite _site;
    private readonly object?[] _values;
    private Exception? _exception;

    static PartialCall() => RecordState<PartialCall>.Register(Encode);

    /// <summary>Initializes a call without values.</summary>
    /// <param name="site">The method's call site.</param>
    public PartialCall(CallSite site)
    {
        ArgumentNullException.ThrowIfNull(site);
        _site = site;
        _values = new object?[site.Fields.Length];
    }

    /// <summary>Gets the index of the value that is to be read.</summary>
    public int Index { get; private set; } = -1;

    /// <inheritdoc/>
    public int Count => _values.Length + 1;

    /// <inheritdoc/>
    public KeyValuePair<string, object?> this[int index] =>
        index == _values.Length ? new(FormattedText.Template, _site.MessageTemplate) : new(NameOf(index), _values[index]);

    /// <summary>Moves to the next value.</summary>
    /// <returns>Whether there is one.</returns>
    public bool MoveNext() => ++Index < _values.Length;

    /// <summary>Takes the value that was read.</summary>
    /// <param name="value">The value.</param>
    public void Take(object? value) => _values[Index] = value;

    /// <summary>Notes that the value could not be read.</summary>
    /// <param name="failure">What its property threw.</param>
    public void Fail(Exception failure) => _values[Index] = SafeText.Failure(NameOf(Index), failure);

    /// <summary>Logs the call.</summary>
    /// <param name="logger">The logger, enabled at the level.</param>
    /// <param name="level">The level.</param>
    /// <param name="exception">The call's exception, or null.</param>
    public void Log(ILogger logger, LogLevel level, Exception? exception)
    {
        ArgumentNullException.ThrowIfNull(logger);
        _exception = exception;
        logger.Log(level, _site.EventId, this, exception, RecordState<PartialCall>.Format);
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Returns the message.</summary>
    /// <returns>The template, with each value in its place.</returns>
    public override string ToString() => FormattedText.Fill(_site.MessageTemplate, this);

    private string NameOf(int index) => _site.Arguments[_site.Fields[index]].Name;

    private static void Encode(in PartialCall call, TrainLogger logger, LogLevel level)
    {
        ExceptionText exception = ExceptionText.Capture(call._exception);
        PropertyList.Item[] items = [.. PropertyList.Of(call).Items[..^1].ToArray().Select(static i => i.Value is null ? i.AsText() : i)];
        CallSite shape = call.ShapeOf(items);
        int size = sizeof(byte) + (shape.ExceptionArgument < 0 ? 0 : RecordWriter.SizeOf(exception));
        foreach (PropertyList.Item item in items)
        {
            size += item.ValueSize;
        }

        RecordWriter record = logger.Begin(shape.HeaderBits, level, size);
        if (shape.Level == CallSite.LevelInRecord)
        {
            record.Write((byte)level);
        }

        foreach (PropertyList.Item item in items)
        {
            item.WriteFitting(ref record);
        }

        if (shape.ExceptionArgument >= 0)
        {
            record.Write(exception);
        }

        record.Commit(level);
    }

    private CallSite ShapeOf(PropertyList.Item[] items)
    {
        string kinds = new([.. items.Select(static i => (char)i.Kind)]);
        if (Shapes.TryGetValue((_site, kinds), out CallSite? known))
        {
            return known;
        }

        if (Shapes.Count >= MostShapes)
        {
            for (int i = 0; i < items.Length; i++)
            {
                items[i] = items[i].AsText();
            }

            kinds = new((char)ArgumentKind.String, items.Length);
        }

        return Shapes.GetOrAdd((_site, kinds), static key => new CallSite(
            key.Site.Level, key.Site.EventId.Id, key.Site.EventId.Name ?? string.Empty, key.Site.MessageTemplate, ArgumentsOf(key.Site, key.Kinds)));
    }

    private static CallSiteArgument[] ArgumentsOf(CallSite site, string kinds)
    {
        var arguments = new List<CallSiteArgument>();
        if (site.Level == CallSite.LevelInRecord)
        {
            arguments.Add(site.Arguments[0]);
        }

        for (int i = 0; i < site.Fields.Length; i++)
        {
            arguments.Add(new CallSiteArgument(site.Arguments[site.Fields[i]].Name, (ArgumentKind)kinds[i]));
        }

        if (site.ExceptionArgument >= 0)
        {
            arguments.Add(site.Arguments[site.ExceptionArgument]);
        }

        return [.. arguments];
    }
}
