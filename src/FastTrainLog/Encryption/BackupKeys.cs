namespace FastTrainLog.Encryption;

/// <summary>The keys of rotated files, which log and readers take from the environment.</summary>
internal static class BackupKeys
{
    /// <summary>The variable with the keys; with <c>_FILE</c> after its name, that of the file which has them.</summary>
    public const string Variable = "FASTTRAINLOG_BACKUP_KEY";

    private const string FileVariable = Variable + "_FILE";

    /// <summary>Gets where the keys are looked for.</summary>
    public static string Places => $"{Variable} and {FileVariable}";

    /// <summary>Reads the keys: the first one encrypts, all decrypt.</summary>
    /// <returns>The keys; none if neither variable is set.</returns>
    /// <exception cref="InvalidDataException">What is there is not a key, or its file cannot be read. The message says where, and nothing of the key.</exception>
    public static IReadOnlyList<BackupKey> Read()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text)
        {
            return Parse(text, Variable);
        }

        if (Environment.GetEnvironmentVariable(FileVariable) is not { Length: > 0 } path)
        {
            return [];
        }

        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"the file of {FileVariable} cannot be read: {exception.Message}", exception);
        }

        return Parse(text, path);
    }

    private static BackupKey[] Parse(string text, string source)
    {
        BackupKey[] keys = [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select((key, i) => BackupKey.TryParse(key)
            ?? throw new InvalidDataException($"key {i + 1} of {source} is not one: a key is 32 random bytes in Base64, as `openssl rand -base64 32` prints them"))];
        return keys.Length > 0 ? keys : throw new InvalidDataException($"{source} has no key: a key is 32 random bytes in Base64, as `openssl rand -base64 32` prints them");
    }
}
