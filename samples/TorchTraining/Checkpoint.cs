using System.Text;
using TorchSharp.Modules;
using TorchTraining.Model;

namespace TorchTraining;

/// <summary>What a run needs to go on as if it had not been interrupted: how far it is, the model, the optimiser's moments.</summary>
/// <param name="RunId">The run, so that its log goes on under the same identifier.</param>
/// <param name="Step">The last step.</param>
/// <param name="TotalSteps">The steps that the learning-rate schedule was made for.</param>
/// <param name="Seed">The seed of the run.</param>
/// <param name="BestLoss">The best validation's loss.</param>
internal sealed record Checkpoint(string RunId, long Step, long TotalSteps, int Seed, double BestLoss)
{
    private const string Format = "TorchTraining checkpoint 1";

    /// <summary>Writes a checkpoint beside its place and moves it there: whoever looks finds the old one or the new one, whole.</summary>
    public void Save(string path, CharacterTransformer model, AdamW optimizer)
    {
        string temporary = path + ".writing";
        using (var writer = new BinaryWriter(File.Create(temporary)))
        {
            writer.Write(Format);
            writer.Write(RunId);
            writer.Write(Step);
            writer.Write(TotalSteps);
            writer.Write(Seed);
            writer.Write(BestLoss);
            model.save(writer);
            optimizer.save_state_dict(writer);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="path">The file.</param>
    /// <param name="load">Takes what comes after the first fields; null where only those are wanted.</param>
    /// <exception cref="InvalidDataException">The file is not a checkpoint of this program.</exception>
    public static Checkpoint Load(string path, Action<BinaryReader>? load = null)
    {
        using var reader = new BinaryReader(File.OpenRead(path), Encoding.UTF8);
        if (reader.ReadString() != Format)
        {
            throw new InvalidDataException($"'{path}' is not a checkpoint of this program.");
        }

        var checkpoint = new Checkpoint(reader.ReadString(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt32(), reader.ReadDouble());
        load?.Invoke(reader);
        return checkpoint;
    }
}
