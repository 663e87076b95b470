"""Where do rows come from, if not from one array?"""
