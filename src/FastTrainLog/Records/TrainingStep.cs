using System.Buffers.Text;
using FastTrainLog.Training;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Records;

/// <summary>Tells which step of the training a record is of, for whatever reads records before they are lines: from the same names, numbers and phases as the readers of its JSON line.</summary>
/// <remarks>A record of a run's own has both in the types of <see cref="TrainingRun"/>. Other code may log a step too, by category, number and name, and in any type: for those the JSON decides.</remarks>
internal static class TrainingStep
{
    private const string Number = "Step";
    private const string Phase = "Phase";

    [ThreadStatic]
    private static Utf8Buffer? JsonBuffer;

    /// <summary>Returns the number of the step; null where the record is of none.</summary>
    /// <param name="record">The record.</param>
    public static long? Of(RecordDecoder record) => record.EventId.Id == TrainingEvents.Step && record.TrainingEvent == TrainingEvents.Step
        ? TrainingPhases.StepOf(TrainingEvents.Step, NumberOf(record), Trains(record))
        : null;

    /// <summary>Returns the index of the argument with the number of a step, or -1.</summary>
    public static int NumberArgument(CallSiteArgument[] arguments) => Array.FindIndex(arguments, static a => a.Name == Number);

    /// <summary>Returns the index of the argument with the phase of a step, or -1.</summary>
    public static int PhaseArgument(CallSiteArgument[] arguments) => Array.FindIndex(arguments, static a => a.Name == Phase);

    private static long? NumberOf(RecordDecoder record)
    {
        if (!record.TryGetField(record.Site.TrainingStepArgument, Number, out LogArgument number))
        {
            return null;
        }

        if (number.Kind == ArgumentKind.Int64)
        {
            return number.TryGetInt64(out long step) ? step : null;
        }

        ReadOnlySpan<byte> json = Json(number);
        return Utf8Parser.TryParse(json, out long parsed, out int used) && used == json.Length ? parsed : null;
    }

    private static bool Trains(RecordDecoder record) =>
        !record.TryGetField(record.Site.PhaseArgument, Phase, out LogArgument phase)
        || (phase.Kind == ArgumentKind.String ? TrainingPhases.Trains(phase.Text) : TrainingPhases.Trains(Json(phase).Trim((byte)'"')));

    private static ReadOnlySpan<byte> Json(in LogArgument value)
    {
        Utf8Buffer buffer = JsonBuffer ??= new Utf8Buffer(256);
        buffer.Clear();
        ArgumentJson.Append(buffer, value);
        return buffer.Written;
    }
}
