using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace FastTrainLog.Packaging.Tests;

/// <summary>The examples that an editor shows at the types that people use first: they compile against the packages.</summary>
public sealed class ExampleTests(Packages packages)
{
    private static readonly string[] First =
    [
        "FastTrainLog.TrainLogging", "FastTrainLog.TrainLogOptions", "FastTrainLog.TrainLogger", "FastTrainLog.TrainLogAttribute", "FastTrainLog.ILogSink",
        "FastTrainLog.Training.TrainingRun", "FastTrainLog.Training.TrainingRunOptions",
        "FastTrainLog.Gradients.GradientClipper", "FastTrainLog.Gradients.GradientBuffer", "FastTrainLog.Gradients.GradientLimit",
        "FastTrainLog.Reading.LogReader", "FastTrainLog.Analysis.LogAnalysis", "FastTrainLog.Testing.InMemoryLog",
    ];

    [Fact]
    public async Task The_types_that_people_use_first_have_examples_that_compile()
    {
        string root = Directory.CreateTempSubdirectory("fasttrainlog-examples-").FullName;
        try
        {
            string[] names = ["FastTrainLog", "FastTrainLog.Analysis"];
            Dictionary<string, string> examples = names.Append("FastTrainLog.Testing").SelectMany(Examples).ToDictionary(static e => e.Type, static e => e.Code);
            Assert.Empty(First.Except(examples.Keys));

            File.WriteAllText(Path.Combine(root, "NuGet.Config"), packages.Configuration);
            File.WriteAllText(Path.Combine(root, "Examples.csproj"), $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup>
                    <TargetFramework>net10.0</TargetFramework>
                    <Nullable>enable</Nullable>
                    <ImplicitUsings>enable</ImplicitUsings>
                  </PropertyGroup>
                  <ItemGroup>{string.Concat(names.Select(static n => $"<PackageReference Include=\"{n}\" Version=\"{Packages.Version}\" /><Using Include=\"{n}\" />"))}</ItemGroup>
                  <ItemGroup>
                    <Using Include="FastTrainLog.Gradients;FastTrainLog.Reading;FastTrainLog.Training;Microsoft.Extensions.Logging" />
                  </ItemGroup>
                </Project>
                """);
            int number = 0;
            foreach ((string type, string code) in examples.Where(static e => First.Contains(e.Key) && !e.Key.StartsWith("FastTrainLog.Testing", StringComparison.Ordinal)))
            {
                bool isType = Regex.IsMatch(code, @"^\s*(public|internal) ", RegexOptions.Multiline);
                File.WriteAllText(
                    Path.Combine(root, $"Example{++number}.cs"),
                    isType ? $"// {type}\nnamespace Example{number};\n{code}" : $"// {type}\nnamespace Example{number};\nstatic class Example\n{{\n    public static void Run()\n    {{\n{code}\n    }}\n}}");
            }

            (await Command.Dotnet(root, "build", "-o", "built")).AssertSucceeded();
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private IEnumerable<(string Type, string Code)> Examples(string package)
    {
        using var documentation = new MemoryStream(packages.Read(package, $"lib/net10.0/{package}.xml"));
        return [.. XDocument.Load(documentation).Descendants("member")
            .Where(static member => member.Attribute("name")!.Value.StartsWith("T:", StringComparison.Ordinal))
            .Select(static member => (member.Attribute("name")!.Value[2..], member.Element("example")?.Element("code")?.Value ?? string.Empty))
            .Where(static example => example.Item2.Length > 0)];
    }
}
