namespace FastTrainLog.Shipping;

/// <summary>A token or a password, read anew at each use, so that it can be changed while a shipper runs. Its text is in no message, no file and no exception.</summary>
public sealed class ShipSecret
{
    private const string FileSuffix = "_FILE";

    private readonly Func<string?> _read;

    private ShipSecret(Func<string?> read) => _read = read;

    /// <summary>Returns the secret of an environment variable, or of the file that the variable with <c>_FILE</c> after its name gives.</summary>
    /// <param name="variable">The variable.</param>
    public static ShipSecret FromEnvironment(string variable)
    {
        ArgumentException.ThrowIfNullOrEmpty(variable);
        return new ShipSecret(() => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value
            : Environment.GetEnvironmentVariable(variable + FileSuffix) is { Length: > 0 } path ? ReadFile(path)
            : null);
    }

    /// <summary>Returns the secret of a file, without the line feed at its end.</summary>
    /// <param name="path">The file.</param>
    public static ShipSecret FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new ShipSecret(() => ReadFile(path));
    }

    /// <summary>Returns the secret that a function reads, such as one of a host's configuration.</summary>
    /// <param name="read">The function; null means that there is none.</param>
    public static ShipSecret From(Func<string?> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        return new ShipSecret(read);
    }

    /// <summary>Returns a text that says nothing.</summary>
    public override string ToString() => "(secret)";

    /// <summary>Reads it.</summary>
    /// <exception cref="IOException">Its file cannot be read.</exception>
    internal string? Read() => _read();

    private static string ReadFile(string path) => File.ReadAllText(path).TrimEnd('\r', '\n');
}
