using System;
using FastTrainLog;
using Microsoft.Extensions.Logging;

namespace Features;

public sealed class PatientDataAttribute : ClassifiedDataAttribute;

public sealed record Account([PersonalData] string Name, [SecretData] string? Key, int Quota);

internal static partial class Redaction
{
    [TrainLog(1, LogLevel.Information, "signed in {User} from {Address}")]
    public static partial void Direct(TrainLogger logger, [PersonalData] string user, [PatientData] int? age, ReadOnlySpan<char> address);

    [TrainLog(2, LogLevel.Information, "signed in {User}")]
    public static partial void Any(ILogger logger, [PersonalData] ReadOnlySpan<char> user, [SecretData] Guid token, [PersonalData, SecretData] double[] both);

    [TrainLog(3, LogLevel.Information, "account {account.Quota}")]
    public static partial void Account(ILogger logger, [LogFields] Account account);

    [TrainLog(4, LogLevel.Information, "")]
    public static partial void Several(ILogger logger, [SecretData, LogValues(2)] int[] first, [SecretData] ReadOnlySpan<float> weights, [SecretData] ReadOnlySpan<Metric> rates);
}
