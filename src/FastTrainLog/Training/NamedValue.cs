namespace FastTrainLog.Training;

/// <summary>A number of the program that a command can replace.</summary>
internal sealed class NamedValue(string name)
{
    private double _own = double.NaN;
    private double _set = double.NaN;

    public string Name => name;

    /// <summary>Gets the number that the program gave last.</summary>
    public double Own => Volatile.Read(ref _own);

    /// <summary>Gets or sets the number that a command put in its place, which is finite; NaN for none.</summary>
    public double Set
    {
        get => Volatile.Read(ref _set);
        set => Volatile.Write(ref _set, value);
    }

    /// <summary>Gets the number in use.</summary>
    public double Used => double.IsNaN(Set) ? Own : Set;

    /// <summary>Takes the program's number, and returns the one to use.</summary>
    public double Choose(double own)
    {
        Volatile.Write(ref _own, own);
        double set = Volatile.Read(ref _set);
        return double.IsNaN(set) ? own : set;
    }
}
