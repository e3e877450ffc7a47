namespace FastTrainLog.Tool.Tests;

/// <summary>The tool's command line, run in this process.</summary>
internal static class ToolRun
{
    public static (int Code, string Output, string Error) Of(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = CommandLine.Run(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
