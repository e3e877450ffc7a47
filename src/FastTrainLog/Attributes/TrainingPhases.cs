using System.Text;

namespace FastTrainLog.Training;

/// <summary>Defines a training step: an event of a run, according to <see cref="TrainingEventOrigins"/>, with a number, of a phase that trains the model.</summary>
/// <remarks>
/// Steps of other phases are not part of the losses, epochs, series, counts or times of the training. These phases are recognised by how their names
/// begin, ignoring case; every other name is a part of the training, such as <c>warmup</c> or <c>stage 2</c>.
/// </remarks>
internal static class TrainingPhases
{
    private static readonly byte[][] Others = [.. new[] { "val", "eval", "test", "infer", "predict", "sanity", "calib", "bench" }.Select(Encoding.ASCII.GetBytes)];

    /// <summary>Returns the number of a training step, which is 0 or more; null for a record that is not one.</summary>
    /// <param name="trainingEvent">The number of the record's event of a run; 0 for none.</param>
    /// <param name="number">The step number in the record, or null.</param>
    /// <param name="trains">Whether it is of a phase that trains the model.</param>
    public static long? StepOf(int trainingEvent, long? number, bool trains) => trainingEvent == TrainingEvents.Step && trains && number >= 0 ? number : null;

    public static bool Trains(ReadOnlySpan<char> phase)
    {
        foreach (byte[] other in Others)
        {
            if (phase.Length >= other.Length && Ascii.EqualsIgnoreCase(other, phase[..other.Length]))
            {
                return false;
            }
        }

        return true;
    }

    public static bool Trains(ReadOnlySpan<byte> utf8Phase)
    {
        foreach (byte[] other in Others)
        {
            if (utf8Phase.Length >= other.Length && Ascii.EqualsIgnoreCase(other, utf8Phase[..other.Length]))
            {
                return false;
            }
        }

        return true;
    }
}
