namespace FastTrainLog.Shipping;

/// <summary>Where a record is in its log directory: the same however often it is read, and after the rotation and the compression of its file.</summary>
/// <param name="Log">The number of the log in the directory, as in <see cref="Reading.LogFile.Log"/>.</param>
/// <param name="File">The identity of the file: a hash of its first line.</param>
/// <param name="Offset">The bytes before the record in its file, after decompression.</param>
public readonly record struct ShipPosition(int Log, ulong File, long Offset);
