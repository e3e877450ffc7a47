using FastTrainLog.State;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>The key that identifies a run of a log.</summary>
/// <param name="Id">Its identifier; null for records that belong to no run.</param>
/// <param name="Rank">The rank of the process if there are several; null for a single process.</param>
internal readonly record struct RunName(string? Id, long? Rank)
{
    /// <summary>Returns the name that every command shows and accepts.</summary>
    public override string ToString() => Id is null ? "no-run" : Rank is null ? Id : $"{Id}/{Rank}";

    public RunName Carry(StateCodec codec)
    {
        string? id = Id;
        long? rank = Rank;
        codec.Text(ref id);
        codec.Value(ref rank);
        return new RunName(id, rank);
    }
}
