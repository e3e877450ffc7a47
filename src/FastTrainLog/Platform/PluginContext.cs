using System.Runtime.Loader;

namespace FastTrainLog.Platform;

/// <summary>The plug-in that the library is part of, if it was loaded with one: an assembly load context that can be unloaded.</summary>
internal static class PluginContext
{
    /// <summary>Undoes, when the plug-in is unloaded, what would let the process refer to it: it would never go. Elsewhere nothing is undone.</summary>
    public static void OnUnload(Action undo)
    {
        if (AssemblyLoadContext.GetLoadContext(typeof(PluginContext).Assembly) is { IsCollectible: true } plugin)
        {
            plugin.Unloading += _ => undo();
        }
    }
}
