namespace FastTrainLog.Monitoring.Terminal;

/// <summary>The target of lines: a terminal, or redirected standard output.</summary>
internal interface ITerminal
{
    /// <summary>Gets whether a line can be redrawn in place.</summary>
    bool IsLive { get; }

    /// <summary>Gets whether it shows colours.</summary>
    bool HasColors { get; }

    /// <summary>Gets whether it can show characters beyond ASCII.</summary>
    bool HasUnicode { get; }

    /// <summary>Gets its columns, as they were measured last.</summary>
    int Columns { get; }

    /// <summary>Gets its rows, as they were measured last.</summary>
    int Rows { get; }

    /// <summary>Measures its size. Called under no lock that a writer to the console waits for: the framework may take its own locks for it.</summary>
    void Measure();

    /// <summary>Writes all of the bytes at once.</summary>
    void Write(ReadOnlySpan<byte> bytes);
}
