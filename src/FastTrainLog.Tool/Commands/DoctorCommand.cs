using System.CommandLine;
using System.Text.Json;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Json;
using FastTrainLog.Tool.Doctor;
using FastTrainLog.Training;
using Microsoft.Extensions.Configuration;

namespace FastTrainLog.Tool.Commands;

/// <summary><c>fasttrainlog doctor DIR</c>: what is wrong with a log directory, and what to do about it.</summary>
internal static class DoctorCommand
{
    private const string Section = "Logging:FastTrainLog";

    public static Command Create(TextWriter output)
    {
        Argument<string> directory = LogDirectoryArgument.Create();
        var config = new Option<string?>("--config")
        {
            Description = $"A configuration file, such as appsettings.json, whose section {Section} is checked too.",
            HelpName = "FILE",
        };
        Option<bool> json = JsonOption.Create();
        var command = new DocumentedCommand(
            "doctor",
            "Finds problems in a log directory, and says how to fix them.",
            """
            Checks a log directory: permissions, space, options, journals of dead processes, rotation,
            what becomes of rotated files, damaged lines, the clock.
            Each check says ok, warning or error, and how to mend it.

            Returns 0 if all is well, 1 after a warning, 3 after an error, 2 for a wrong command line.

            Examples:
              fasttrainlog doctor logs
              fasttrainlog doctor logs --config appsettings.json --json
            """)
        {
            directory, config, json,
        };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(directory), parsed.GetValue(config), parsed.GetValue(json), output));
        return command;
    }

    private static int Run(string directory, string? config, bool json, TextWriter output)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Select(variable => KeyValuePair.Create((string)variable.Key, (string?)variable.Value ?? string.Empty)).ToArray();
        var state = new LogDirectoryState(directory, environment, config is null ? null : ReadSection(config));
        var findings = new List<(string Check, Finding Finding)>();
        foreach ((string check, Finding finding) in Examination.Of(state))
        {
            findings.Add((check, finding));
            if (!json)
            {
                Show(check, finding, output);
            }
        }

        Severity worst = findings.Max(found => found.Finding.Severity);
        if (json)
        {
            output.WriteLine(ShownText.Json(JsonSerializer.Serialize(
                new
                {
                    version = JsonForm.Version,
                    directory = state.Path,
                    worst = Name(worst),
                    checks = findings.Select(found => new { check = found.Check, status = Name(found.Finding.Severity), message = found.Finding.Message, fix = found.Finding.Fix }),
                },
                JsonOption.Indented)));
        }

        return worst switch
        {
            Severity.Ok => ExitCodes.Success,
            Severity.Warning => ExitCodes.Failed,
            _ => ExitCodes.Error,
        };
    }

    private static void Show(string check, Finding finding, TextWriter output)
    {
        string color = finding.Severity switch
        {
            Severity.Ok => Terminal.Green,
            Severity.Warning => Terminal.Yellow,
            _ => Terminal.Red,
        };
        output.WriteLine($"{Terminal.Color(output, color, $"{Name(finding.Severity),-7}")} {check,-10} {ShownText.Of(finding.Message)}");
        if (finding.Fix is not null)
        {
            output.WriteLine($"{string.Empty,-18} fix: {ShownText.Of(finding.Fix)}");
        }
    }

    private static string Name(Severity severity) => severity switch
    {
        Severity.Ok => "ok",
        Severity.Warning => "warning",
        _ => "error",
    };

    private static IConfigurationSection ReadSection(string path)
    {
        var values = new Dictionary<string, string?>();
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            Flatten(document.RootElement, string.Empty, values);
        }
        catch (JsonException exception)
        {
            throw new ToolException($"{path} is not valid JSON: {exception.Message}");
        }

        IConfigurationSection section = new ConfigurationBuilder().AddInMemoryCollection(values).Build().GetSection(Section);
        return section.Exists() ? section : throw new ToolException($"{path} has no section {Section}; a run that reads it uses the defaults.");
    }

    private static void Flatten(JsonElement element, string path, Dictionary<string, string?> values)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in element.EnumerateObject())
            {
                Flatten(member.Value, path.Length == 0 ? member.Name : $"{path}:{member.Name}", values);
            }
        }
        else
        {
            values[path] = element.ToString();
        }
    }
}
