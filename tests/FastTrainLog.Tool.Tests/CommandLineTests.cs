using Xunit;

namespace FastTrainLog.Tool.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("analyse logs", "Unknown command 'analyse': did you mean 'analyze'?")]
    [InlineData("frobnicate", "Unknown command 'frobnicate'.")]
    [InlineData("analyze logs --hlp", "Unknown option '--hlp': did you mean '--help'?")]
    [InlineData("analyze logs more", "Unknown argument 'more'.")]
    [InlineData("analyze --rnu a logs", "Unknown option '--rnu': did you mean '--run'?")]
    [InlineData("analyze --jsn logs", "Unknown option '--jsn': did you mean '--json'?")]
    [InlineData("analyze --jsn", "Unknown option '--jsn': did you mean '--json'?")]
    [InlineData("analyze logs --htm=page.html", "Unknown option '--htm': did you mean '--html'?")]
    [InlineData("tail -x logs", "Unknown option '-x'")]
    [InlineData("--version1 analyze logs", "Unknown option '--version1': did you mean '--version'?")]
    [InlineData("export logs --formt csv --out x", "Unknown option '--formt': did you mean '--format'?")]
    [InlineData("completion tcsh", "tcsh")]
    [InlineData("analyze", "Required argument")]
    public void A_wrong_command_line_is_explained_and_returns_2(string line, string expected)
    {
        (int code, string output, string error) = ToolRun.Of(line.Split(' '));

        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Contains(expected, error);
        Assert.Contains("--help", error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--help")]
    public void Help_names_the_commands_and_returns_0(string line)
    {
        (int code, string output, string error) = ToolRun.Of(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(0, code);
        Assert.Contains("analyze", output);
        Assert.Empty(error);
    }

    [Fact]
    public void A_directory_that_is_not_there_or_holds_no_log_is_named_and_returns_1()
    {
        using var log = new LogDirectory();
        foreach (string directory in new[] { log.Path, log.PathOf("nowhere") })
        {
            (int code, _, string error) = ToolRun.Of("analyze", directory);

            Assert.Equal(1, code);
            Assert.Contains(directory, error);
        }
    }

    [Fact]
    public void Behind_two_dashes_and_as_the_value_of_an_option_a_dash_is_no_option()
    {
        Assert.Contains("There is no directory", ToolRun.Of("analyze", "--", "--logs").Error);
        using LogDirectory log = new LogDirectory().With("run.jsonl", LogDirectory.Line(1, "a -x b"));
        Assert.Contains("a -x b", ToolRun.Of("tail", log.Path, "--no-follow", "--grep", "-x").Output);
    }

    [Theory]
    [InlineData("an", "analyze")]
    [InlineData("analyze --h", "--html --help")]
    [InlineData("tail logs --level w", "warning")]
    [InlineData("export logs --format s", "sqlite")]
    [InlineData("completion z", "zsh")]
    public void Bash_completes_commands_options_and_values(string line, string expected)
    {
        string script = ToolRun.Of("completion", "bash").Output;
        string[] words = ["fasttrainlog", .. line.Split(' ')];
        string ask = $"{script}\nCOMP_WORDS=({string.Join(' ', words.Select(word => $"'{word}'"))}); COMP_CWORD={words.Length - 1}; _fasttrainlog; echo \"${{COMPREPLY[*]}}\"";
        using var shell = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("bash", ["-c", ask]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = shell.StandardOutput.ReadToEnd();

        Assert.Equal(expected.Split(' ').Order(StringComparer.Ordinal), output.Trim().Split(' ').Order(StringComparer.Ordinal));
        Assert.Empty(shell.StandardError.ReadToEnd());
    }

    [Theory]
    [InlineData("zsh", "compdef _fasttrainlog fasttrainlog")]
    [InlineData("fish", "-l max-total-size")]
    [InlineData("pwsh", "'export --format' = @('csv', 'jsonl', 'parquet', 'sqlite', 'tensorboard')")]
    public void Other_shells_get_every_command_and_option(string shell, string expected)
    {
        (int code, string output, _) = ToolRun.Of("completion", shell);

        Assert.Equal(0, code);
        Assert.Contains(expected, output);
        Assert.All(["analyze", "tail", "cat", "export", "compare", "doctor", "prune", "recover", "completion", "no-follow", "dry-run", "category-file"], word => Assert.Contains(word, output));
    }

    [Fact]
    public void A_page_is_told_where_it_was_written_and_json_stays_alone_on_standard_output()
    {
        using LogDirectory log = new LogDirectory().With("run.jsonl", LogDirectory.Line(1, "a"));
        string page = log.PathOf("page.html");

        Assert.Contains($"Page with charts: {page}", ToolRun.Of("analyze", log.Path, "--html", page).Output);
        (int code, string output, string error) = ToolRun.Of("analyze", log.Path, "--html", page, "--json");
        Assert.Equal(0, code);
        Assert.Contains(page, error);
        System.Text.Json.JsonDocument.Parse(output).Dispose();
    }
}
