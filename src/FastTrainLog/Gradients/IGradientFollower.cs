namespace FastTrainLog.Gradients;

/// <summary>Receives a clipper's steps as they occur, to log them.</summary>
internal interface IGradientFollower
{
    /// <summary>A step was issued to a device. Called by the thread that clips, in every step: its cost must be negligible.</summary>
    void Issued();

    /// <summary>A step was measured immediately; its layers and histograms are in the clipper. Called by the thread that clips.</summary>
    /// <param name="statistics">What was measured and done.</param>
    /// <param name="insteadOfDevice">Whether it replaces a step on a device, so that only the follower logs it.</param>
    void Clipped(in GradientStatistics statistics, bool insteadOfDevice);

    /// <summary>Logs what a device has finished; does not wait.</summary>
    void CatchUp();

    /// <summary>A device cannot be used, and other passes are used from now on. Called once.</summary>
    /// <param name="reason">The reason.</param>
    void FellBack(string reason);

    /// <summary>The clipper is about to be disposed of, including data that is still on a device.</summary>
    void End();
}
