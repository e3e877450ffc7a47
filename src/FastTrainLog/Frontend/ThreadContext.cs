using System.Diagnostics;
using System.Runtime.InteropServices;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;
using CallSite = FastTrainLog.Records.CallSite;

namespace FastTrainLog.Frontend;

/// <summary>What a thread's records are made within: the current <see cref="Activity"/> and the scopes of Microsoft.Extensions.Logging.</summary>
/// <remarks>
/// It is no part of each record: where it changes a record of its own says so, and holds for those behind it in the same page. A new
/// page begins with it, so that each page can be read alone, by the backend as well as by a recovery.
/// </remarks>
internal sealed class ThreadContext
{
    /// <summary>The named values of all scopes together.</summary>
    public static readonly CallSiteArgument ScopesArgument = new("Scopes", ArgumentKind.Properties);

    /// <summary>The call site of those records; no sink sees them.</summary>
    public static readonly CallSite Site = new CallSite(
        default,
        CallSite.ContextLevel,
        string.Empty,
        [
            new CallSiteArgument("TraceHigh", ArgumentKind.UInt64),
            new CallSiteArgument("TraceLow", ArgumentKind.UInt64),
            new CallSiteArgument("SpanId", ArgumentKind.UInt64),
            ScopesArgument,
        ],
        isFormatted: false).Register();

    public const int TraceBytes = 2 * sizeof(ulong);
    public const int SpanBytes = sizeof(ulong);

    private const int IdBytes = TraceBytes + SpanBytes;

    // A page must have room for records, not for scopes alone.
    private const int MostScopeBytes = 8 * 1024;

    private const string OriginalFormat = "{OriginalFormat}";
    private const string TextScope = "Scope";
    private const string Between = " => ";

    private List<object?> _scopes = [];
    private List<object?> _seen = [];
    private Activity? _activity;
    private PropertyList _properties;
    private ulong _traceHigh;
    private ulong _traceLow;
    private ulong _span;

    /// <summary>Gets whether there is neither an activity nor a scope.</summary>
    public bool IsEmpty => _span == 0 && _scopes.Count == 0;

    /// <summary>Gets the bytes that its record takes.</summary>
    public int RecordSize { get; private set; } = RecordLayout.Size(IdBytes + sizeof(int));

    /// <summary>Gets whether <see cref="Update"/> is under way, whose reading of scopes runs their own code.</summary>
    public bool IsUpdating { get; private set; }

    /// <summary>Looks at the thread's current activity and scopes.</summary>
    /// <returns>Whether they are others than the last time.</returns>
    public bool Update(IExternalScopeProvider scopes)
    {
        IsUpdating = true;
        try
        {
            return Read(scopes);
        }
        finally
        {
            IsUpdating = false;
        }
    }

    public void WriteTo(ref RecordWriter record)
    {
        record.Write(_traceHigh);
        record.Write(_traceLow);
        record.Write(_span);
        record.Write(_properties);
    }

    private bool Read(IExternalScopeProvider scopes)
    {
        var activity = Activity.Current;
        _seen.Clear();
        scopes.ForEachScope(static (scope, seen) => seen.Add(scope), _seen);
        bool sameScopes = CollectionsMarshal.AsSpan(_seen).SequenceEqual(CollectionsMarshal.AsSpan(_scopes), ReferenceEqualityComparer.Instance);
        if (sameScopes && ReferenceEquals(activity, _activity))
        {
            return false;
        }

        _activity = activity;
        ReadActivity(activity);
        if (!sameScopes)
        {
            (_scopes, _seen) = (_seen, _scopes);
            _properties = PropertiesOf(_scopes);
            if (_properties.SizeInRecord > MostScopeBytes)
            {
                _properties = PropertyList.Of([new("Truncated", true)]);
            }

            RecordSize = RecordLayout.Size(IdBytes + _properties.SizeInRecord);
        }

        return true;
    }

    private void ReadActivity(Activity? activity)
    {
        _traceHigh = _traceLow = _span = 0;
        // Activities of the older, hierarchical form have neither of the two identifiers.
        if (activity is { IdFormat: ActivityIdFormat.W3C })
        {
            Span<ulong> trace = stackalloc ulong[2];
            activity.TraceId.CopyTo(MemoryMarshal.AsBytes(trace));
            (_traceHigh, _traceLow) = (trace[0], trace[1]);
            activity.SpanId.CopyTo(MemoryMarshal.AsBytes(new Span<ulong>(ref _span)));
        }
    }

    private static PropertyList PropertiesOf(List<object?> scopes)
    {
        try
        {
            return PropertyList.Of(PairsOf(scopes));
        }
        catch (Exception exception)
        {
            // The scopes' own code: a training loop must not die of it at a log call that has nothing to do with it.
            return PropertyList.Of([new(TextScope, $"{exception.GetType()}: {exception.Message}")]);
        }
    }

    // Pairs keep their names, the inner ones first where two share one; what is mere text is joined as the platform's console joins it.
    private static List<KeyValuePair<string, object?>> PairsOf(List<object?> scopes)
    {
        var pairs = new List<KeyValuePair<string, object?>>();
        string? text = null;
        foreach (object? scope in scopes)
        {
            if (scope is IEnumerable<KeyValuePair<string, object?>> named)
            {
                foreach (KeyValuePair<string, object?> pair in named)
                {
                    // The host's own scope repeats the activity's identifiers.
                    if (pair.Key is not (OriginalFormat or "TraceId" or "SpanId"))
                    {
                        pairs.RemoveAll(outer => outer.Key == pair.Key);
                        pairs.Add(pair);
                    }
                }
            }
            else if (scope is not null)
            {
                text = text is null ? scope.ToString() : text + Between + scope;
            }
        }

        if (text is not null)
        {
            pairs.Add(new(TextScope, text));
        }

        return pairs;
    }
}
