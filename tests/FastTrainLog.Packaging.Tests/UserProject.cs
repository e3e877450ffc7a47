namespace FastTrainLog.Packaging.Tests;

/// <summary>A fresh console project, which knows the library by its package alone.</summary>
internal sealed class UserProject
{
    private readonly UserFolder _folder;
    private readonly string _name;

    /// <summary>Writes the project.</summary>
    /// <param name="folder">Where its folder is written.</param>
    /// <param name="name">Its name, that of the folder, and that of the program.</param>
    /// <param name="properties">MSBuild's, that it has beside those of all.</param>
    public UserProject(UserFolder folder, string name, string properties = "")
    {
        (_folder, _name) = (folder, name);
        string sources = Path.Combine(BuildMetadata.Read("RepositoryRoot"), "tests", "FastTrainLog.Packaging.Tests", "UserProgram");
        foreach (string file in Directory.GetFiles(sources, "*.cs"))
        {
            folder.Write(File.ReadAllText(file), name, Path.GetFileName(file));
        }

        // Not by properties on the command line: not every command of the SDK passes them on.
        string project = File.ReadAllText(Path.Combine(sources, "UserProgram.csproj"));
        folder.Write(
            project.Replace("$(FastTrainLogVersion)", Packages.Version).Replace("</TargetFramework>", "</TargetFramework>" + properties),
            name, $"{name}.csproj");
    }

    /// <summary>Runs a command of the SDK in the project.</summary>
    public Task<Command> Dotnet(string verb, params string[] arguments) => Command.Dotnet(_folder.PathOf(_name), verb, arguments);

    /// <summary>Applies the code fixes of a diagnostic, as <c>dotnet format</c> does.</summary>
    public Task<Command> Format(string diagnostic) =>
        Command.Run("dotnet", _folder.PathOf(_name), "format", "analyzers", "--diagnostics", diagnostic, "--severity", "info", "--no-restore");

    public string Read(string file) => File.ReadAllText(_folder.PathOf(_name, file));

    /// <summary>Runs the built or published program and checks what it has logged.</summary>
    /// <param name="folder">The folder of the program, relative to the project's.</param>
    public async Task RunAndCheckLogs(string folder)
    {
        string logs = _folder.PathOf(_name, "logs");
        Command run = await Command.RunProgram(_folder.PathOf(_name, folder, _name), _folder.Root, logs);
        run.AssertSucceeded();
        Assert.Equal("ran", run.Output.Trim());

        AssertLogged(logs, "host/augmentation.log", "WARNING - digits is slow: 00:00:02 for shapes 3, 224, 224");
        AssertLogged(logs, "host/augmentation.log", "ERROR - Batch 17 cannot be read");
        AssertLogged(logs, "host/errors.log", "InvalidDataException");
        AssertLogged(logs, "host/augmentation.log", "INFO - plain 42");
        AssertLogged(logs, "host/augmentation.log", "INFO - extended 7");
        AssertLogged(logs, "host/augmentation.log", "INFO - first 3");
        AssertLogged(logs, "loop/main.log", "MAIN - INFO - Epoch 3 made 5000 images in 1.2 s, phase Steady");
        AssertLogged(logs, "loop/training_progress.log", "Loss: 0.500000");
        AssertLogged(logs, "loop/training_progress.log", "Accuracy: 0.75");
        AssertLogged(logs, "loop/errors.log", "lost the data set");
        AssertLogged(logs, "loop/run.jsonl", "\"event\":\"Augmented\"");
        AssertLogged(logs, "loop/run.jsonl", "\"Phase\":\"Steady\"");
    }

    private static void AssertLogged(string logs, string file, string text) => Assert.Contains(text, File.ReadAllText(Path.Combine(logs, file)));
}
