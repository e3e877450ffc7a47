namespace FastTrainLog.Packaging.Tests;

/// <summary>A fresh console project outside the repository, which knows the library by its package alone.</summary>
internal sealed class UserProject : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("fasttrainlog-user-").FullName;

    public UserProject(Packages packages)
    {
        foreach (string file in Directory.GetFiles(Path.Combine(BuildMetadata.Read("RepositoryRoot"), "tests", "FastTrainLog.Packaging.Tests", "UserProgram")))
        {
            File.Copy(file, Path.Combine(_root, Path.GetFileName(file)));
        }

        // Not by a property on the command line: not every command of the SDK passes one on.
        string projectFile = Path.Combine(_root, "UserProgram.csproj");
        File.WriteAllText(projectFile, File.ReadAllText(projectFile).Replace("$(FastTrainLogVersion)", Packages.Version));

        File.WriteAllText(Path.Combine(_root, "NuGet.Config"), packages.Configuration);
    }

    /// <summary>Runs a command of the SDK in the project.</summary>
    public Task<Command> Dotnet(string verb, params string[] arguments) => Command.Dotnet(_root, verb, arguments);

    /// <summary>Applies the code fixes of a diagnostic, as <c>dotnet format</c> does.</summary>
    public Task<Command> Format(string diagnostic) => Command.Run("dotnet", _root, "format", "analyzers", "--diagnostics", diagnostic, "--severity", "info", "--no-restore");

    public string Read(string file) => File.ReadAllText(Path.Combine(_root, file));

    /// <summary>Runs the built or published program and checks what it has logged.</summary>
    /// <param name="folder">The folder of the program, relative to the project's.</param>
    public async Task RunAndCheckLogs(string folder)
    {
        string logs = Path.Combine(_root, "logs");
        string program = Path.Combine(_root, folder, OperatingSystem.IsWindows() ? "UserProgram.exe" : "UserProgram");
        Command run = await Command.Run(program, _root, logs);
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

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static void AssertLogged(string logs, string file, string text) => Assert.Contains(text, File.ReadAllText(Path.Combine(logs, file)));
}
