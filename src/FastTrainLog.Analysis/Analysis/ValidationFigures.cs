using FastTrainLog.Reading;
using FastTrainLog.State;
using FastTrainLog.Training;

namespace FastTrainLog.Analysis;

/// <summary>A validation, as logged.</summary>
/// <param name="Time">The time, in UTC.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="Step">The step.</param>
/// <param name="Loss">The loss.</param>
/// <param name="IsBest">Whether it was the best until then.</param>
/// <param name="Metrics">The other metrics, by name.</param>
public sealed record ValidationFigures(DateTime Time, long Epoch, long Step, double Loss, bool IsBest, IReadOnlyDictionary<string, double> Metrics)
{
    internal static ValidationFigures Read(in StoredRecord record)
    {
        var metrics = new Dictionary<string, double>();
        if (record.TryGet("Metrics"u8, out StoredField fields))
        {
            foreach (StoredField field in fields.GetFields())
            {
                if (field.TryGetDouble(out double value))
                {
                    metrics[field.GetName()] = value;
                }
            }
        }

        return new ValidationFigures(
            record.Time,
            record.GetInt64("Epoch"u8) ?? 0,
            record.GetInt64("Step"u8) ?? 0,
            record.GetDouble("Loss"u8) ?? double.NaN,
            record.EventId == TrainingEvents.BestValidation,
            metrics);
    }

    internal static ValidationFigures Carry(StateCodec codec, ValidationFigures? validation)
    {
        var metrics = new Dictionary<string, double>(validation?.Metrics ?? new Dictionary<string, double>());
        (DateTime time, long epoch, long step) = (codec.Value(validation?.Time ?? default), codec.Value(validation?.Epoch ?? 0), codec.Value(validation?.Step ?? 0));
        (double loss, bool isBest) = (codec.Value(validation?.Loss ?? 0), codec.Value(validation?.IsBest ?? false));
        codec.Dictionary(metrics, codec.Text, (_, value) => codec.Value(value));
        return new ValidationFigures(time, epoch, step, loss, isBest, metrics);
    }
}
