namespace FastTrainLog.Fuzz;

/// <summary>What takes bytes that anybody may have written. It throws if what it promises does not hold.</summary>
/// <param name="Seeds">Inputs that are as they should be, from which others are made.</param>
/// <param name="Run">Takes an input.</param>
internal sealed record FuzzTarget(IReadOnlyList<byte[]> Seeds, Action<byte[]> Run)
{
    private const int MostInput = 64 * 1024;

    /// <summary>Gets the targets by their names.</summary>
    public static IReadOnlyDictionary<string, Func<FuzzTarget>> All { get; } = new Dictionary<string, Func<FuzzTarget>>
    {
        ["lines"] = () => LogTargets.Lines,
        ["index"] = () => LogTargets.Index,
        ["columns"] = () => FileTargets.Columns,
        ["packed"] = () => FileTargets.Packed,
        ["gzip"] = () => FileTargets.Gzip,
        ["encrypted"] = () => FileTargets.Encrypted,
        ["journal"] = () => JournalTarget.Target,
        ["template"] = () => TextTargets.Template,
        ["options"] = () => TextTargets.Options,
    };

    /// <summary>Takes the seeds, and then inputs that are made of them, the same ones for the same number.</summary>
    /// <param name="count">How many.</param>
    /// <param name="number">The number.</param>
    /// <exception cref="InvalidOperationException">What is promised does not hold; the message has the input in Base64.</exception>
    public void RunMutations(int count, int number)
    {
        foreach (byte[] seed in Seeds)
        {
            Run(seed);
        }

        var random = new Random(number);
        for (int i = 0; i < count; i++)
        {
            byte[] input = Mutate(random);
            try
            {
                Run(input);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Input {i} of {number}: {exception.Message}\n{Convert.ToBase64String(input)}", exception);
            }
        }
    }

    private byte[] Mutate(Random random)
    {
        List<byte> bytes = [.. Seeds[random.Next(Seeds.Count)]];
        for (int change = random.Next(1, 8); change > 0; change--)
        {
            int at = random.Next(bytes.Count + 1);
            switch (random.Next(6))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at));
                    break;
                case 3:
                    // A number at the edge of what its type can hold.
                    byte[] number = BitConverter.GetBytes(new[] { 0L, -1L, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, ushort.MaxValue, 1L << random.Next(63) }[random.Next(8)]);
                    int length = 1 << random.Next(4);
                    bytes.RemoveRange(at, Math.Min(length, bytes.Count - at));
                    bytes.InsertRange(at, number[..length]);
                    break;
                case 4:
                    byte[] other = Seeds[random.Next(Seeds.Count)];
                    int from = random.Next(other.Length + 1);
                    bytes.InsertRange(at, other[from..Math.Min(other.Length, from + random.Next(200))]);
                    break;
                default:
                    bytes.InsertRange(at, Enumerable.Repeat((byte)random.Next(256), random.Next(1, 100)));
                    break;
            }
        }

        return [.. bytes.Take(MostInput)];
    }
}
