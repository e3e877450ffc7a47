using System.Text.RegularExpressions;

namespace FastTrainLog.Packaging.Tests;

/// <summary>
/// Fresh projects over the packages, as users have them, all built by one command: most of what a build of so small a project takes is the start of the build.
/// A warning in any of them is an error, and an error of one fails the tests of all, with the whole output of the build.
/// </summary>
public sealed partial class UserPrograms(Packages packages) : IAsyncLifetime
{
    public const string Template = "My.Training";

    // The programs go to one place whatever their framework is. The template has no say in its warnings, so that is said here.
    private const string Properties = """
        <Project>
          <PropertyGroup>
            <OutputPath>built/</OutputPath>
            <AppendTargetFrameworkToOutputPath>false</AppendTargetFrameworkToOutputPath>
            <AppendRuntimeIdentifierToOutputPath>false</AppendRuntimeIdentifierToOutputPath>
            <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
            <MSBuildTreatWarningsAsErrors>true</MSBuildTreatWarningsAsErrors>
            <SatelliteResourceLanguages>en</SatelliteResourceLanguages>
          </PropertyGroup>
        </Project>
        """;

    private readonly UserFolder _folder = new(packages);
    private readonly List<string> _projects = [];

    internal Packages Packages => packages;

    /// <summary>Gets the program that is built as it is.</summary>
    internal UserProject Newest { get; private set; } = null!;

    /// <summary>Gets the program whose code the tests mend.</summary>
    internal UserProject Mended { get; private set; } = null!;

    public static string Floor(string framework, string version) => $"Floor-{framework}-{version}";

    public async ValueTask InitializeAsync()
    {
        _folder.Write(Properties, "Directory.Build.props");
        Newest = new UserProject(_folder, "Newest", "<LangVersion>14.0</LangVersion>");
        // Extension blocks are of C# 14.
        _ = new UserProject(_folder, "Older", "<LangVersion>12.0</LangVersion><DefineConstants>CSHARP_12</DefineConstants>");
        Mended = new UserProject(_folder, "Mended");
        _projects.AddRange(["Newest/Newest.csproj", "Older/Older.csproj", "Mended/Mended.csproj"]);
        foreach (TheoryDataRow<string, string> pinned in FloorTests.Pinned)
        {
            WriteFloor(pinned.Data.Item1, pinned.Data.Item2);
        }

        WriteReadme("csproj", "Program.cs", string.Join("\n", Blocks(File.ReadAllText(Path.Combine(BuildMetadata.Read("RepositoryRoot"), "README.md")))));
        WriteReadme("fsproj", "Program.fs", Source("ReadmePrograms", "Program.fs"));
        WriteReadme("vbproj", "Program.vb", Source("ReadmePrograms", "Program.vb"));
        WriteExamples();
        await CreateFromTemplate();

        _folder.Write($"<Solution>{string.Concat(_projects.Select(static p => $"""<Project Path="{p}" />"""))}</Solution>", "Programs.slnx");
        (await Command.Dotnet(_folder.Root, "build", "Programs.slnx")).AssertSucceeded();
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Returns the path of a file of a project.</summary>
    internal string PathOf(string project, params string[] parts) => _folder.PathOf([project, .. parts]);

    /// <summary>Runs the program of a project in the project's folder.</summary>
    internal Task<Command> Run(string project, string program, params string[] arguments) =>
        Command.RunProgram(PathOf(project, "built", program), PathOf(project), arguments);

    private static string Source(params string[] parts) =>
        File.ReadAllText(Path.Combine([BuildMetadata.Read("RepositoryRoot"), "tests", "FastTrainLog.Packaging.Tests", .. parts]));

    private static IEnumerable<string> Blocks(string readme)
    {
        foreach (string mark in new[] { "TenLines.cs#ten-lines", "TinyModel.cs#model" })
        {
            yield return Block().Matches(readme).Single(block => block.Groups["mark"].Value == mark).Groups["code"].Value;
        }
    }

    private void Write(string project, string extension, string text)
    {
        _projects.Add($"{project}/{project}.{extension}");
        _folder.Write(text, project, $"{project}.{extension}");
    }

    private void WriteFloor(string framework, string version)
    {
        string name = Floor(framework, version);
        _folder.Write(Source("FloorProgram", "Program.cs"), name, "Program.cs");
        Write(name, "csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <AssemblyName>Floor</AssemblyName>
                <RootNamespace>Floor</RootNamespace>
                <TargetFramework>{framework}</TargetFramework>
                <!-- A machine need not have the runtime: it comes with the program. -->
                <UseCurrentRuntimeIdentifier Condition="'{framework}' == 'net8.0'">true</UseCurrentRuntimeIdentifier>
                <SelfContained Condition="'{framework}' == 'net8.0'">true</SelfContained>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="FastTrainLog.Testing" Version="{Packages.Version}" />
                <PackageReference Include="Microsoft.Extensions.Logging.Abstractions" Version="{version}" />
              </ItemGroup>
            </Project>
            """);
    }

    private void WriteReadme(string extension, string file, string program)
    {
        string name = $"Readme-{extension}";
        _folder.Write(program, name, file);
        string fsharp = extension == "fsproj" ? """<ItemGroup><Compile Include="Program.fs" /></ItemGroup>""" : string.Empty;
        Write(name, extension, $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <AssemblyName>Readme</AssemblyName>
                <TargetFramework>net10.0</TargetFramework>
                <RootNamespace />
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable Condition="'$(MSBuildProjectExtension)' == '.csproj'">enable</Nullable>
              </PropertyGroup>
              {fsharp}
              <ItemGroup><PackageReference Include="FastTrainLog" Version="{Packages.Version}" /></ItemGroup>
            </Project>
            """);
    }

    private void WriteExamples()
    {
        string[] names = ["FastTrainLog", "FastTrainLog.Analysis"];
        Write("Examples", "csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <!-- An example may declare what it does not use. -->
                <TreatWarningsAsErrors>false</TreatWarningsAsErrors>
                <MSBuildTreatWarningsAsErrors>false</MSBuildTreatWarningsAsErrors>
              </PropertyGroup>
              <ItemGroup>{string.Concat(names.Select(static n => $"<PackageReference Include=\"{n}\" Version=\"{Packages.Version}\" /><Using Include=\"{n}\" />"))}</ItemGroup>
              <ItemGroup>
                <Using Include="FastTrainLog.Gradients;FastTrainLog.Reading;FastTrainLog.Training;Microsoft.Extensions.Logging" />
              </ItemGroup>
            </Project>
            """);
        int number = 0;
        foreach ((string type, string code) in names.SelectMany(packages.Examples).Where(static e => ExampleTests.First.Contains(e.Type)))
        {
            bool isType = Regex.IsMatch(code, @"^\s*(public|internal) ", RegexOptions.Multiline);
            _folder.Write(
                isType ? $"// {type}\nnamespace Example{++number};\n{code}" : $"// {type}\nnamespace Example{++number};\nstatic class Example\n{{\n    public static void Run()\n    {{\n{code}\n    }}\n}}",
                "Examples", $"Example{number}.cs");
        }
    }

    private async Task CreateFromTemplate()
    {
        string hive = _folder.PathOf("hive");
        string package = Path.Combine(packages.Feed, $"FastTrainLog.Templates.{Packages.Version}.nupkg");
        (await Command.Run("dotnet", _folder.Root, "new", "install", package, "--debug:custom-hive", hive)).AssertSucceeded();
        (await Command.Run("dotnet", _folder.Root, "new", "fasttrainlog-console", "-o", Template, "--debug:custom-hive", hive)).AssertSucceeded();
        _projects.Add($"{Template}/{Template}.csproj");
    }

    [GeneratedRegex(@"^<!-- snippet: (?<mark>\S+) -->\n```csharp\n(?<code>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();
}
