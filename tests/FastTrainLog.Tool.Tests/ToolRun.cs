using System.Text;

namespace FastTrainLog.Tool.Tests;

/// <summary>The tool's command line, run in this process.</summary>
internal static class ToolRun
{
    public static (int Code, string Output, string Error) Of(params string[] arguments)
    {
        (int code, byte[] output, string error) = BytesOf(arguments);
        return (code, Encoding.UTF8.GetString(output), error);
    }

    public static (int Code, byte[] Output, string Error) BytesOf(params string[] arguments)
    {
        var bytes = new MemoryStream();
        using var output = new StreamWriter(bytes);
        using var error = new StringWriter();
        int code = CommandLine.Run(arguments, output, error);
        output.Flush();
        return (code, bytes.ToArray(), error.ToString());
    }
}
