using System.Text;
using System.Text.RegularExpressions;

namespace FastTrainLog.Kernels.Tests;

/// <summary>The kernels' source as it stands in the repository, copied beside the tests.</summary>
internal static partial class KernelSource
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "kernels");

    /// <summary>Reads the source as one text, each include replaced by what it names.</summary>
    public static string Flattened()
    {
        string entry = File.ReadAllText(Path.Combine(Folder, "gradients.cu"));
        return Include().Replace(entry, match => File.ReadAllText(Path.Combine(Folder, match.Groups[1].Value)));
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text + '\0');

    [GeneratedRegex("^#include \"(.+)\"$", RegexOptions.Multiline)]
    private static partial Regex Include();
}
