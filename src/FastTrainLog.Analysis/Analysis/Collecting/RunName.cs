using System.Globalization;
using FastTrainLog.State;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>The key that identifies a run of a log.</summary>
/// <param name="Id">Its identifier; null for records that belong to no run.</param>
/// <param name="Rank">The rank of the process if there are several; null for a single process.</param>
internal readonly record struct RunName(string? Id, long? Rank)
{
    private const string None = "no-run";
    private const char Separator = '/';

    /// <summary>Gets the name of the run that it is, or is a rank of.</summary>
    public RunName Whole => this with { Rank = null };

    /// <summary>Returns the name that every command shows and accepts; different keys have different names.</summary>
    /// <remarks>An identifier that reads like the name of a rank, such as <c>a/1</c>, has a slash behind it, and so has one that ends in a slash already, or is <c>no-run</c>.</remarks>
    public override string ToString() => Id is null ? None : Rank is not null ? $"{Id}{Separator}{Rank}" : ReadsOtherwise(Id) ? Id + Separator : Id;

    public RunName Carry(StateCodec codec)
    {
        string? id = Id;
        long? rank = Rank;
        codec.Text(ref id);
        codec.Value(ref rank);
        return new RunName(id, rank);
    }

    private static bool ReadsOtherwise(string id) =>
        id == None || (id.LastIndexOf(Separator) is >= 0 and int at && (at == id.Length - 1 || long.TryParse(id.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)));
}
