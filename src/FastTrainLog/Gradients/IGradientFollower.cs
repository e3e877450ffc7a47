namespace FastTrainLog.Gradients;

/// <summary>What is told of a clipper's steps as they come, so that they reach a log.</summary>
internal interface IGradientFollower
{
    /// <summary>A step was issued to a device. Called by the thread that clips, in every step: it must cost next to nothing.</summary>
    void Issued();

    /// <summary>A step was measured at once; its layers and histograms stand in the clipper. Called by the thread that clips.</summary>
    /// <param name="statistics">What was measured and done.</param>
    /// <param name="insteadOfDevice">Whether a device was to measure it, so that nobody but the follower takes it to a log.</param>
    void Clipped(in GradientStatistics statistics, bool insteadOfDevice);

    /// <summary>A device cannot be used, and another way is taken from now on. Called once.</summary>
    /// <param name="reason">Why it cannot.</param>
    void FellBack(string reason);

    /// <summary>The clipper is about to be disposed of, and what a device still holds with it.</summary>
    void End();
}
