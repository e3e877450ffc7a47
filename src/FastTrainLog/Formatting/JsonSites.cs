using FastTrainLog.Records;

namespace FastTrainLog.Formatting;

/// <summary>Keeps what JSON lines have in common, by call site. Used by one thread.</summary>
internal sealed class JsonSites
{
    // Of this process, by their identifiers.
    private JsonSite[] _own = [];

    // Of processes that have ended: a recovery reads them, and their identifiers have no meaning here.
    private Dictionary<CallSite, JsonSite>? _others;

    /// <summary>Returns what the lines of a call site have in common, created at first use.</summary>
    public JsonSite Of(CallSite site)
    {
        JsonSite[] own = _own;
        return (uint)site.Id < (uint)own.Length && own[site.Id] is { } json && ReferenceEquals(json.Site, site) ? json : Find(site);
    }

    private JsonSite Find(CallSite site)
    {
        if (!site.IsRegistered)
        {
            _others ??= [];
            return _others.TryGetValue(site, out JsonSite? other) ? other : _others[site] = new JsonSite(site);
        }

        if (site.Id >= _own.Length)
        {
            Array.Resize(ref _own, CallSite.Count);
        }

        return _own[site.Id] = new JsonSite(site);
    }
}
