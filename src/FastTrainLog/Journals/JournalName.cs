using System.Globalization;
using System.Security.Cryptography;

namespace FastTrainLog.Journals;

/// <summary>The names of journals: the identity of their log directory, and an unpredictable part.</summary>
internal static class JournalName
{
    /// <summary>How the name of every journal ends.</summary>
    public const string Extension = ".journal";

    /// <summary>What is added to the name of one that could not be recovered and was set aside.</summary>
    public const string AsideExtension = ".aside";

    /// <summary>How the name of every journal begins.</summary>
    public const string AnyPrefix = ".fasttrainlog-";

    /// <summary>Returns how the names of a log directory's journals begin.</summary>
    public static string PrefixOf(Guid directory) => $"{AnyPrefix}{directory:N}-";

    /// <summary>Returns the name of a new one.</summary>
    public static string Next(Guid directory) =>
        string.Create(CultureInfo.InvariantCulture, $"{PrefixOf(directory)}{RandomNumberGenerator.GetHexString(16, lowercase: true)}{Extension}");
}
