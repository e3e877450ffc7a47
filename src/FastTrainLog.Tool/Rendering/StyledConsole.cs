using Spectre.Console;

namespace FastTrainLog.Tool.Rendering;

/// <summary>Creates consoles for writers.</summary>
internal static class StyledConsole
{
    private const int RedirectedWidth = 120;

    /// <summary>Returns a console that writes to a writer: with colours on a terminal, unless <c>NO_COLOR</c> is set; plain elsewhere.</summary>
    public static IAnsiConsole Over(TextWriter writer)
    {
        bool redirected = writer == Console.Out ? Console.IsOutputRedirected : writer != Console.Error || Console.IsErrorRedirected;
        bool plain = redirected || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Out = new AnsiConsoleOutput(writer),
        });
        if (redirected)
        {
            console.Profile.Width = RedirectedWidth;
        }

        return console;
    }
}
