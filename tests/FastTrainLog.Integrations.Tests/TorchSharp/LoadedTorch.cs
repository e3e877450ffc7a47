using System.Runtime.CompilerServices;

namespace FastTrainLog.Integrations.Tests.TorchSharp;

/// <summary>Loads the native library before any test touches TorchSharp.</summary>
internal static class LoadedTorch
{
    [ModuleInitializer]
    internal static void Load() => NativeTorch.Load();
}
