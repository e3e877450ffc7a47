using System.Diagnostics;
using System.Runtime.InteropServices;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;
using CallSite = FastTrainLog.Records.CallSite;

namespace FastTrainLog.Frontend;

/// <summary>The context of a thread's records: the current <see cref="Activity"/> and the scopes of Microsoft.Extensions.Logging.</summary>
/// <remarks>
/// It is not stored in each record: when it changes, a separate record describes it for the records after it in the same page. A new
/// page begins with it, so that each page can be read on its own, by the backend as well as by a recovery.
/// </remarks>
internal sealed class ThreadContext
{
    private const int IdBytes = ContextSite.TraceBytes + ContextSite.SpanBytes;

    // A page must have space for records, not only for scopes.
    private const int MostScopeBytes = 8 * 1024;

    // More than fit into that: a scope of the user's own may be endless.
    private const int MostPairs = 1024;

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

    /// <summary>Gets whether <see cref="Update"/> is in progress, whose reading of scopes runs their own code.</summary>
    public bool IsUpdating { get; private set; }

    /// <summary>Reads the thread's current activity and scopes.</summary>
    /// <returns>Whether they have changed since the last time.</returns>
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
            _properties = PropertyList.Of(PairsOf(_scopes)).FitInto(MostScopeBytes);
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

    // Pairs keep their names, the inner ones first where two share one; plain texts are joined in the way of the platform's console logger.
    private static List<KeyValuePair<string, object?>> PairsOf(List<object?> scopes)
    {
        var pairs = new List<KeyValuePair<string, object?>>();
        string? text = null;
        foreach (object? scope in scopes)
        {
            try
            {
                AddPairs(pairs, scope, ref text);
            }
            catch (Exception exception)
            {
                // The scope's own code: it must not end a training loop at an unrelated log call.
                AddText(ref text, $"{exception.GetType()}: {SafeText.MessageOf(exception)}");
            }
        }

        if (text is not null)
        {
            pairs.Add(new(TextScope, text));
        }

        return pairs;
    }

    private static void AddPairs(List<KeyValuePair<string, object?>> pairs, object? scope, ref string? text)
    {
        if (scope is not IEnumerable<KeyValuePair<string, object?>> named)
        {
            if (scope is not null)
            {
                AddText(ref text, scope.ToString());
            }

            return;
        }

        foreach (KeyValuePair<string, object?> pair in named.Take(MostPairs))
        {
            // The host's own scope repeats the activity's identifiers.
            if (pair.Key is not (OriginalFormat or "TraceId" or "SpanId"))
            {
                pairs.RemoveAll(outer => outer.Key == pair.Key);
                pairs.Add(pair);
            }
        }
    }

    private static void AddText(ref string? text, string? scope) => text = text is null ? scope : text + Between + scope;
}
