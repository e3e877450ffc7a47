using FastTrainLog.Utf8Text;

namespace FastTrainLog.Records;

/// <summary>A format in which records are written as lines. Called by one thread.</summary>
internal interface ILineFormat
{
    /// <summary>Appends a record with its line end.</summary>
    void Append(Utf8Buffer buffer, RecordDecoder record);
}
