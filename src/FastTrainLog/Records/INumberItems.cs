namespace FastTrainLog.Records;

/// <summary>Numbers that a value holds and a record stores one by one.</summary>
internal interface INumberItems
{
    /// <summary>The most numbers that keep their form among the pairs of a call.</summary>
    const int Most = 4096;

    /// <summary>Gets how many there are.</summary>
    int Count { get; }

    /// <summary>Gets the bytes that they take in a record.</summary>
    int Size { get; }

    /// <summary>Writes them.</summary>
    void WriteTo(ref RecordWriter record);

    /// <summary>Writes as many of them as fit into a record.</summary>
    void WriteFitting(ref RecordWriter record);
}
