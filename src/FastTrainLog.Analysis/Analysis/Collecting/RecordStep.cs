using FastTrainLog.Reading;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>Determines the step of a record.</summary>
internal static class RecordStep
{
    /// <summary>Returns a record's step: its own, otherwise the last one that its run had logged before.</summary>
    /// <remarks>
    /// An error occurs in the middle of a step, which is logged only at its end, so its context names the step. The record's
    /// own <c>step</c> is the one logged last, and therefore an older one.
    /// </remarks>
    public static long? Of(in StoredRecord record) =>
        Integer(record, "Step"u8) ?? Integer(record, "step"u8) ?? (record.TryGet("Context"u8, out StoredField context) ? Named(context.GetFields()) : null) ?? Own(record);

    private static long? Integer(in StoredRecord record, ReadOnlySpan<byte> name) => record.TryGetProperty(name, out StoredField field) && field.TryGetInt64(out long step) ? step : null;

    private static long? Own(in StoredRecord record) => record.TryGetOwn("step"u8, out StoredField own) && own.TryGetInt64(out long step) ? step : null;

    private static long? Named(StoredFields fields)
    {
        foreach (StoredField field in fields)
        {
            if ((field.Utf8Name.SequenceEqual("Step"u8) || field.Utf8Name.SequenceEqual("step"u8)) && field.TryGetInt64(out long step))
            {
                return step;
            }
        }

        return null;
    }
}
