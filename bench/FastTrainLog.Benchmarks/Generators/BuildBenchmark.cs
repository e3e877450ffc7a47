using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using FastTrainLog.Benchmarks.Pipeline;
using FastTrainLog.Series;

namespace FastTrainLog.Benchmarks.Generators;

/// <summary>Builds two projects in turn that differ in the attribute of their log methods, <c>[TrainLog]</c> or <c>[LoggerMessage]</c>: the time of the whole build, and what it makes of a method.</summary>
/// <remarks>Ten methods to a file over <c>ILogger</c>: eight with numbers and strings, one with an enum, one with an exception. Analyzers run as in any new project.</remarks>
internal static class BuildBenchmark
{
    private const int MethodsPerFile = 10;

    public static int Run(ReadOnlySpan<string> arguments)
    {
        RunnerOptions options = RunnerOptions.Parse(arguments, rounds: 3);
        int files = options.Quick ? 20 : 200;
        Console.WriteLine(MachineReport.Describe());
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-build-").FullName;
        try
        {
            (string Name, string Attribute, string Namespace, string References)[] kinds =
            [
                ("[TrainLog]", "TrainLog", "FastTrainLog", Own()),
                ("[LoggerMessage]", "LoggerMessage", "Microsoft.Extensions.Logging", string.Empty),
            ];
            string[] projects = [.. kinds.Select(kind => Write(Path.Combine(directory, kind.Attribute), files, kind.Attribute, kind.Namespace, kind.References))];
            Array.ForEach(projects, project => Build(project, restores: true));
            List<double>[] times = [.. kinds.Select(static _ => new List<double>())];
            for (int round = 0; round < options.Rounds; round++)
            {
                for (int i = 0; i < projects.Length; i++)
                {
                    times[i].Add(Build(projects[i], restores: false));
                }
            }

            BuildRow[] rows = [.. kinds.Select((kind, i) => RowOf(kind.Name, files * MethodsPerFile, Quantile.Median(times[i]), projects[i]))];
            Console.WriteLine($"{"methods",7} {"attribute",-16} {"build s",8} {"IL/method",10} {"types/method",13} {"assembly/method",16} {"native/method",14}");
            foreach (BuildRow row in rows)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{row.Methods,7} {row.Attribute,-16} {row.Seconds,8:F1} {row.CodeBytes,10:F0} {row.Types,13:F2} {row.AssemblyBytes,16:F0} {row.NativeBytes,14:F0}"));
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{"",7} {"ratio",-16} {rows[0].Seconds / rows[1].Seconds,8:F2} {rows[0].CodeBytes / rows[1].CodeBytes,10:F2} {rows[0].Types / rows[1].Types,13:F2} {rows[0].AssemblyBytes / rows[1].AssemblyBytes,16:F2} {rows[0].NativeBytes / rows[1].NativeBytes,14:F2}"));
            options.Save(rows);
            return 0;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static string Own()
    {
        string library = typeof(TrainLogger).Assembly.Location;
        string generator = typeof(FastTrainLog.Generators.TrainLogGenerator).Assembly.Location;
        return $"""<Reference Include="{library}" /><Analyzer Include="{generator}" />""";
    }

    private static string Write(string directory, int files, string attribute, string space, string references)
    {
        Directory.CreateDirectory(directory);
        string framework = $"net{Environment.Version.Major}.0";
        string version = typeof(Microsoft.Extensions.Logging.ILogger).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        string project = Path.Combine(directory, $"{attribute}.csproj");
        File.WriteAllText(project, $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>{framework}</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Microsoft.Extensions.Logging.Abstractions" Version="{version}" />
                {references}
              </ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(directory, "Phase.cs"), "namespace Built;\n\npublic enum Phase { Warmup, Steady }\n");
        for (int file = 0; file < files; file++)
        {
            File.WriteAllText(Path.Combine(directory, $"Messages{file}.cs"), Messages(file, attribute, space));
        }

        return project;
    }

    private static string Messages(int file, string attribute, string space)
    {
        var text = new StringBuilder($$"""
            using {{space}};
            using Microsoft.Extensions.Logging;

            namespace Built;

            public static partial class Messages{{file}}
            {

            """);
        for (int method = 0; method < MethodsPerFile; method++)
        {
            (string template, string parameters) = method switch
            {
                0 => ("Phase {Phase} begins at step {Step}", "Phase phase, long step"),
                1 => ("Layer {Layer} failed at step {Step}", "Exception failure, string layer, long step"),
                _ => ("Epoch {Epoch}, step {Step}: loss {Loss:F6} in {Layer}", "int epoch, long step, double loss, string? layer"),
            };
            text.AppendLine($"    [{attribute}({(file * MethodsPerFile) + method + 1}, LogLevel.Information, \"{template}\")]");
            text.AppendLine($"    public static partial void Log{method}(this ILogger logger, {parameters});");
            text.AppendLine();
        }

        return text.AppendLine("}").ToString();
    }

    /// <summary>Builds a project and returns the seconds that this took.</summary>
    private static double Build(string project, bool restores)
    {
        // Without servers, so that each build is as cold as the next.
        string[] arguments = ["build", project, "-c", "Release", "--no-incremental", "--disable-build-servers", "-nologo", "-v", "quiet", .. restores ? Array.Empty<string>() : ["--no-restore"]];
        long start = Stopwatch.GetTimestamp();
        using Process process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? Stopwatch.GetElapsedTime(start).TotalSeconds : throw new InvalidOperationException($"{project} could not be built: {output}");
    }

    private static BuildRow RowOf(string attribute, int methods, double seconds, string project)
    {
        string assembly = Directory.GetFiles(Path.Combine(Path.GetDirectoryName(project)!, "bin"), $"{Path.GetFileNameWithoutExtension(project)}.dll", SearchOption.AllDirectories).Single();
        using var file = new PEReader(File.OpenRead(assembly));
        MetadataReader metadata = file.GetMetadataReader();
        long code = metadata.MethodDefinitions.Select(metadata.GetMethodDefinition)
            .Where(static method => method.RelativeVirtualAddress != 0)
            .Sum(method => (long)file.GetMethodBody(method.RelativeVirtualAddress).GetILBytes()!.Length);
        return new BuildRow(methods, attribute, seconds, (double)code / methods, (double)metadata.TypeDefinitions.Count / methods, (double)new FileInfo(assembly).Length / methods, (double)NativeCode.Of(assembly) / methods);
    }
}
