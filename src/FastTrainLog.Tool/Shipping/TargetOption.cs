using System.CommandLine;
using FastTrainLog.Shipping;

namespace FastTrainLog.Tool.Shipping;

/// <summary>The option that names targets: <c>--to KIND=ADDRESS</c>, or <c>--to KIND:NAME=ADDRESS</c> where a kind is used twice.</summary>
internal static class TargetOption
{
    private static readonly Dictionary<string, Func<string, string, IShipTarget>> Kinds = new(StringComparer.Ordinal)
    {
        ["dir"] = static (address, name) => new DirectoryTarget(address, name),
        ["loki"] = static (address, name) => new LokiTarget(Http(address, name)),
        ["otlp"] = static (address, name) => new OtlpTarget(Http(address, name)),
        ["elastic"] = static (address, name) => new ElasticTarget(Http(address, name), Variable(name, "INDEX") ?? "logs-fasttrainlog-default"),
        ["s3"] = static (address, name) => new S3Target(S3(address, name)),
        ["splunk"] = static (address, name) => new SplunkTarget(Http(address, name)),
        ["tensorboard"] = static (address, name) => new TensorBoardTarget(address, name),
    };

    public static Option<string[]> Create() => new("--to")
    {
        Description = $"A target: {string.Join(", ", Kinds.Keys)}; several times for several. KIND:NAME=ADDRESS where a kind is used twice.",
        HelpName = "KIND=ADDRESS",
    };

    /// <summary>Makes the targets.</summary>
    /// <exception cref="ToolException">One cannot be made of what is given.</exception>
    public static List<IShipTarget> Read(string[] values)
    {
        var targets = new List<IShipTarget>();
        try
        {
            foreach (string value in values)
            {
                IShipTarget target = Read(value);
                targets.Add(target);
                if (targets.Exists(other => other != target && other.Name == target.Name))
                {
                    throw new ToolException($"Two targets have the name '{target.Name}': write --to KIND:NAME=ADDRESS, with a NAME for each.");
                }
            }

            return targets;
        }
        catch
        {
            targets.ForEach(static target => target.Dispose());
            throw;
        }
    }

    // Passwords are in the list of processes if they are arguments.
    private static HttpTargetOptions Http(string address, string name) => new(address)
    {
        Name = name,
        User = Variable(name, "USER"),
        Secret = ShipSecret.FromEnvironment(NameOf(name, "TOKEN")),
        Job = Variable(name, "JOB") ?? "fasttrainlog",
        Headers = Variable(name, "TENANT") is { } tenant ? new() { ["X-Scope-OrgID"] = tenant } : [],
    };

    /// <summary>Returns how object storage is reached, from its address and the environment.</summary>
    /// <exception cref="ArgumentException">The address is none.</exception>
    public static S3Options S3(string address, string name = "s3") => new(address)
    {
        Name = name,
        Endpoint = Variable(name, "ENDPOINT"),
        Region = Variable(name, "REGION"),
        AccessKey = Variable(name, "USER"),
        Secret = ShipSecret.FromEnvironment(NameOf(name, "TOKEN")),
        Derivation = Variable(name, "PARQUET") switch
        {
            null or "0" => null,
            "1" => new ParquetParts(),
            var other => throw new ArgumentException($"{NameOf(name, "PARQUET")} is '{other}'; it must be 1 for Parquet parts beside the lines, or 0."),
        },
    };

    private static string? Variable(string target, string what) => Environment.GetEnvironmentVariable(NameOf(target, what)) is { Length: > 0 } value ? value : null;

    private static string NameOf(string target, string what) => $"FASTTRAINLOG_SHIP_{target.ToUpperInvariant().Replace('-', '_').Replace('.', '_')}_{what}";

    private static IShipTarget Read(string value)
    {
        int sign = value.IndexOf('=', StringComparison.Ordinal);
        string[] parts = sign < 0 ? [value] : value[..sign].Split(':', 2);
        string kind = parts[0];
        if (sign < 0 || sign == value.Length - 1 || !Kinds.TryGetValue(kind, out Func<string, string, IShipTarget>? create))
        {
            // What follows may be a secret that somebody put there.
            throw new ToolException($"'{(sign < 0 ? "--to" : $"--to {kind}")}' names no target: write --to KIND=ADDRESS with a KIND of {string.Join(", ", Kinds.Keys)}, such as --to dir=/mnt/share/run.");
        }

        try
        {
            return create(value[(sign + 1)..], parts is [_, { Length: > 0 } name] ? $"{kind}-{name}" : kind);
        }
        catch (ArgumentException exception)
        {
            throw new ToolException($"--to {kind}: {exception.Message}");
        }
    }
}
