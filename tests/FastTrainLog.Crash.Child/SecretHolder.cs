using System.Security.Cryptography;
using FastTrainLog.Redaction;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Crash.Child;

/// <summary>A program that logs a classified text, wipes it where it had it, and crashes: whatever is left of it in memory the log has left there.</summary>
internal static partial class SecretHolder
{
    private const int Length = 32;

    // What the test looks for; not the text itself, which is in this process nowhere else.
    private const byte Veil = 0x55;

    public static int Run(string directory, string veiledFile)
    {
        using TrainLogging logging = TrainLogging.Create(options =>
        {
            (options.LogDirectory, options.EnableConsoleLogging, options.BufferBytes) = (directory, false, 1024 * 1024);
            options.Redact<MaskedAttribute>(Redactor.Mask(visible: 2));
            options.Redact<HashedAttribute>(Redactor.Hash(new byte[32]));
        });
        TrainLogger logger = logging.GetLogger(LogCategories.Main);
        // Where the collector does not move it.
        char[] secret = GC.AllocateArray<char>(Length, pinned: true);
        char[] plain = GC.AllocateArray<char>(Length, pinned: true);
        byte[] veiled = new byte[2 * Length];
        for (int i = 0; i < Length; i++)
        {
            secret[i] = (char)RandomNumberGenerator.GetInt32('a', 'z' + 1);
            plain[i] = (char)RandomNumberGenerator.GetInt32('a', 'z' + 1);
            veiled[i] = (byte)(secret[i] ^ Veil);
            veiled[Length + i] = (byte)(plain[i] ^ Veil);
        }

        File.WriteAllBytes(veiledFile, veiled);
        for (int i = 0; i < 1000; i++)
        {
            Signed(logger, secret, secret, secret, plain);
        }

        Array.Clear(secret);
        Array.Clear(plain);
        logging.Flush(TimeSpan.FromMinutes(1));
        Signed(logger, secret, secret, secret, secret);
        Environment.FailFast("on purpose");
        return 0;
    }

    [TrainLog(20, LogLevel.Information, "{Erased} {Masked} {Hashed} {Plain}")]
    private static partial void Signed(TrainLogger logger, [SecretData] ReadOnlySpan<char> erased, [Masked] ReadOnlySpan<char> masked, [Hashed] ReadOnlySpan<char> hashed, ReadOnlySpan<char> plain);

    [AttributeUsage(AttributeTargets.Parameter)]
    private sealed class MaskedAttribute : ClassifiedDataAttribute;

    [AttributeUsage(AttributeTargets.Parameter)]
    private sealed class HashedAttribute : ClassifiedDataAttribute;
}
