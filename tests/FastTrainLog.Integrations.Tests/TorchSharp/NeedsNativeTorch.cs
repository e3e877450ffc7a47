using Xunit;

namespace FastTrainLog.Integrations.Tests.TorchSharp;

/// <summary>Skips the tests of a class where the packages restore and the native library does not load.</summary>
public abstract class NeedsNativeTorch
{
    protected NeedsNativeTorch() => Assert.SkipWhen(NativeTorch.Refusal is not null, NativeTorch.Refusal ?? "");
}
