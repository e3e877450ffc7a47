using System.Runtime.InteropServices;

namespace FastTrainLog.Files;

/// <summary>What happened to a log file since the last checkpoint, as it is in a journal; written as it happens.</summary>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
internal struct FileChanges
{
    public const int Bytes = 64;

    /// <summary>How often the file was about to be rotated: one more than <see cref="RotationsEnded"/> in the middle of it.</summary>
    public uint RotationsBegun;

    /// <summary>How often it was rotated.</summary>
    public uint RotationsEnded;

    /// <summary>How often it was recreated because something else was found in its place; stored last.</summary>
    public uint Replacements;

    /// <summary>How often it had been rotated when it was recreated the last time.</summary>
    public uint ReplacedAtRotation;

    /// <summary>The bytes that it held then.</summary>
    public long ReplacedAtLength;

    /// <summary>Which file it was recreated as.</summary>
    public FileIdentity Replacement;

    /// <summary>Which file was opened last.</summary>
    public FileIdentity Current;

    /// <summary>The bytes that it has once the last write is done: what follows them is from another program.</summary>
    public long WrittenTo;
}
